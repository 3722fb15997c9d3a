namespace GrpcKerberos.Protocol.Credentials;

/// <summary>The long-term keys of one or more principals, in file order. Immutable: a reload makes a new one.</summary>
internal sealed class Keytab(IReadOnlyList<KeytabEntry> entries)
{
    public IReadOnlyList<KeytabEntry> Entries { get; } = entries;

    /// <summary>The principals named, each once, in file order.</summary>
    public IReadOnlyList<KerberosPrincipal> Principals { get; } = [.. entries.Select(static e => e.Principal).Distinct()];

    public bool Holds(KerberosPrincipal principal) => Principals.Contains(principal);
}
