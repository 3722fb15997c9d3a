using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Testing.Kdc;

/// <summary>A principal of the realm and its keys of every version, the newest first. Any number of threads may use it.</summary>
internal sealed class KdcAccount
{
    private readonly Lock _rotation = new();
    private volatile KeytabEntry[] _keys;

    private KdcAccount(KerberosPrincipal principal, IReadOnlyList<EncryptionType> types, AccountIdentity? identity, Func<EncryptionType, LongTermKey> makeKey)
    {
        Identity = identity;
        Principal = principal;
        EncryptionTypes = types;
        _keys = MakeKeys(1, makeKey);
    }

    public KerberosPrincipal Principal { get; }

    /// <summary>What its PACs say; null: it has none.</summary>
    public AccountIdentity? Identity { get; }

    /// <summary>Best first: tickets for the account are sealed with the first, and session keys are of one of them.</summary>
    public IReadOnlyList<EncryptionType> EncryptionTypes { get; }

    /// <summary>The default salt of string-to-key: realm and components, nothing between (RFC 4120 section 4).</summary>
    public string Salt => Principal.Realm + string.Concat(Principal.Components);

    /// <summary>Keys of every version.</summary>
    public IReadOnlyList<KeytabEntry> Keys => _keys;

    public uint KeyVersion => _keys[0].KeyVersion;

    public static KdcAccount WithRandomKeys(KerberosPrincipal principal, IReadOnlyList<EncryptionType> types, AccountIdentity? identity = null) =>
        new(principal, types, identity, LongTermKey.Generate);

    public static KdcAccount WithPassword(KerberosPrincipal principal, IReadOnlyList<EncryptionType> types, string password, AccountIdentity? identity = null)
    {
        var salt = principal.Realm + string.Concat(principal.Components);
        return new(principal, types, identity, type => LongTermKey.FromPassword(type, password, salt));
    }

    /// <summary>The key of a type, or the best where null, and of a version, or the newest where null.</summary>
    public KeytabEntry? Find(EncryptionType? type = null, uint? keyVersion = null) => _keys.FirstOrDefault(e =>
        (type is null || e.Type == type) && e.KeyVersion == (keyVersion ?? KeyVersion));

    /// <summary>As <see cref="Find"/>, for keys that are there.</summary>
    public KeytabEntry RequireKey(EncryptionType? type, uint? keyVersion) => Find(type, keyVersion)
        ?? throw new InvalidOperationException($"{Principal} has no such key. Next: use a type and a version it has.");

    /// <summary>New random keys with the next version; those before stay for tickets that were sealed with them.</summary>
    public void Rotate()
    {
        lock (_rotation) _keys = [.. MakeKeys(KeyVersion + 1, LongTermKey.Generate), .. _keys];
    }

    private KeytabEntry[] MakeKeys(uint keyVersion, Func<EncryptionType, LongTermKey> makeKey) =>
        [.. EncryptionTypes.Select(type => new KeytabEntry(Principal, keyVersion, type, makeKey(type), default(KerberosTime)))];
}
