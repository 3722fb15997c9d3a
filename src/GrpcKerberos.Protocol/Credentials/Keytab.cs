namespace GrpcKerberos.Protocol.Credentials;

/// <summary>The long-term keys of one or more principals, in file order. Immutable: a reload makes a new one.</summary>
internal sealed class Keytab(IReadOnlyList<KeytabEntry> entries)
{
    private ILookup<(KerberosPrincipal Principal, uint KeyVersion, EncryptionType Type), KeytabEntry>? _named;

    public IReadOnlyList<KeytabEntry> Entries { get; } = entries;

    /// <summary>The principals named, each once, in file order.</summary>
    public IReadOnlyList<KerberosPrincipal> Principals { get; } = [.. entries.Select(static e => e.Principal).Distinct()];

    /// <summary>Whether any of the principals is of a realm.</summary>
    public bool Serves(string realm)
    {
        for (var i = 0; i < Principals.Count; i++)
        {
            if (string.Equals(Principals[i].Realm, realm, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    public bool Holds(KerberosPrincipal principal) => Principals.Contains(principal);

    /// <summary>The keys under a name: one, or more where a file was put together badly.</summary>
    public IEnumerable<KeytabEntry> Find(KerberosPrincipal principal, uint keyVersion, EncryptionType type) =>
        (_named ??= Entries.ToLookup(static e => (e.Principal, e.KeyVersion, e.Type)))[(principal, keyVersion, type)];

    public bool HasKey(KerberosPrincipal principal, uint keyVersion, EncryptionType type) => Find(principal, keyVersion, type).Any();

    /// <summary>Whether this very key is here, and not another one under its name.</summary>
    public bool HasKey(KeytabEntry entry) => Find(entry.Principal, entry.KeyVersion, entry.Type).Any(entry.IsSameKeyAs);

    /// <summary>Whether both hold the same keys under the same names, in whatever order.</summary>
    public bool HasSameKeysAs(Keytab other) => Entries.Count == other.Entries.Count && Entries.All(other.HasKey) && other.Entries.All(HasKey);

    /// <summary>These keys, and behind them those of the other that are not among them.</summary>
    public Keytab With(Keytab other) => new([.. Entries, .. other.Entries.Where(e => !HasKey(e))]);
}
