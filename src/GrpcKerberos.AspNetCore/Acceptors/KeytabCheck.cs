using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Whether the keys at hand can open a ticket for each name the service goes by.</summary>
internal static class KeytabCheck
{
    /// <summary>The names configured, each with its realm: one without stands for that name in every realm the keytab has it in.</summary>
    public static IReadOnlyList<KerberosPrincipal> Names(KerberosAuthenticationOptions options, Keytab keys) =>
        [.. options.ServicePrincipals.SelectMany(text => Named(text, keys)).Distinct()];

    /// <summary>What is wrong with the keytab, each with its mend.</summary>
    public static IEnumerable<string> Problems(LoadedKeytab keytab, KerberosAuthenticationOptions options, IReadOnlyCollection<EncryptionType> permitted)
    {
        var entries = keytab.Keys.Entries;
        if (entries.Count == 0) return [$"Keytab {keytab.Source} holds no key. Next: export it again."];
        if (!entries.Any(e => IsUsable(e, permitted))) return [AllOff(keytab)];
        return options.ServicePrincipals.SelectMany(text => Problem(text, keytab, permitted));
    }

    private static IEnumerable<string> Problem(string text, LoadedKeytab keytab, IReadOnlyCollection<EncryptionType> permitted)
    {
        var named = Named(text, keytab.Keys);
        var own = keytab.Keys.Entries.Where(e => named.Contains(e.Principal)).ToList();
        if (own.Count == 0)
            return [$"Keytab {keytab.Source} has no key for {text}; it has {string.Join(", ", keytab.Keys.Principals)}. Next: set ServicePrincipals to names it holds, or export it again."];
        return own.Exists(e => IsUsable(e, permitted))
            ? []
            : [$"Keytab {keytab.Source}: all keys of {text} are {Types(own)}, which is off. Next: give the account AES keys and export again."];
    }

    private static string AllOff(LoadedKeytab keytab) =>
        $"Keytab {keytab.Source}: all keys are {Types(keytab.Keys.Entries)}, which is off. Next: give the account AES keys and export again.";

    private static string Types(IEnumerable<KeytabEntry> entries) =>
        string.Join(", ", entries.Select(static e => e.Type).Distinct().Select(static t => Enum.IsDefined(t) ? $"{t.ToMitName()} ({(int)t})" : t.ToMitName()));

    private static bool IsUsable(KeytabEntry entry, IReadOnlyCollection<EncryptionType> permitted) => entry.Key is not null && permitted.Contains(entry.Type);

    private static List<KerberosPrincipal> Named(string text, Keytab keys)
    {
        if (KerberosPrincipal.TryParse(text, out var whole)) return [whole];
        return PrincipalText.TrySplit(text, out var components, out _)
            ? [.. keys.Principals.Where(p => p.Name.Equals(new PrincipalName(NameType.ServiceInstance, components)))]
            : [];
    }
}
