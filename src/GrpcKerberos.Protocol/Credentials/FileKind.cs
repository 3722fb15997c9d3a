namespace GrpcKerberos.Protocol.Credentials;

/// <summary>The kind that stands before the colon of a keytab's or ccache's name: <c>FILE:/etc/krb5.keytab</c>.</summary>
internal static class FileKind
{
    /// <summary>The kind in upper case, <c>FILE</c> where none stands, and the rest. One letter is a drive of Windows.</summary>
    public static (string Kind, string Path) Split(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon > 1 && name.AsSpan(0, colon).IndexOfAny('/', '\\', '.') < 0
            ? (name[..colon].ToUpperInvariant(), name[(colon + 1)..])
            : ("FILE", name);
    }
}
