using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Testing.Tickets;

/// <summary>Random long-term keys of chosen principals, enctypes and versions, in memory: what a KDC and a keytab share.</summary>
internal sealed class TestKeys
{
    private readonly List<KeytabEntry> _entries = [];

    /// <summary>All keys so far as a keytab, in the order they were added. A snapshot.</summary>
    public Keytab Keytab => new([.. _entries]);

    /// <summary>Adds one random key of each type.</summary>
    /// <param name="principal">With its realm: <c>HTTP/a.test@TEST.LOCAL</c>.</param>
    /// <param name="keyVersion">The kvno.</param>
    /// <param name="types">Best first; none for 20, 19, 18 and 17.</param>
    public TestKeys Add(string principal, uint keyVersion = 1, params IReadOnlyList<EncryptionType> types)
    {
        foreach (var type in types.Count > 0 ? types : EncryptionTypeList.Default)
            Add(KerberosPrincipal.Parse(principal), keyVersion, LongTermKey.Generate(type));
        return this;
    }

    /// <summary>Adds a given key: two names on one key, for one.</summary>
    public TestKeys Add(KerberosPrincipal principal, uint keyVersion, LongTermKey key)
    {
        _entries.Add(new KeytabEntry(principal, keyVersion, key.Type, key));
        return this;
    }

    /// <summary>The key of a principal: of the newest version and of the first type added, where none are named.</summary>
    public KeytabEntry Find(KerberosPrincipal principal, EncryptionType? type = null, uint? keyVersion = null)
    {
        var matching = _entries.Where(e =>
            e.Principal.Equals(principal) && (type is null || e.Type == type) && (keyVersion is null || e.KeyVersion == keyVersion));
        return matching.MaxBy(static e => e.KeyVersion)
            ?? throw new InvalidOperationException($"There is no {type?.ToMitName() ?? "key"}, kvno {(keyVersion is { } v ? $"{v}" : "any")}, of {principal}. Next: Add it.");
    }
}
