namespace GrpcKerberos.Settings;

/// <summary>Realms as a person writes them.</summary>
internal static class RealmText
{
    public static bool IsRealm(string text) => text.Length > 0 && !text.Any(static c => c is '@' or '/' or '\0' || char.IsWhiteSpace(c));
}
