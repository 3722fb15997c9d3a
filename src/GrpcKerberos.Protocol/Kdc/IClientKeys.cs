using GrpcKerberos.Protocol.Crypto;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>The long-term keys of a client, out of a keytab or made from a password.</summary>
internal interface IClientKeys
{
    /// <summary>For messages: <c>/run/secrets/a.keytab has kvno 2, aes256-cts-hmac-sha1-96</c>.</summary>
    string Describe(EncryptionType type);

    /// <summary>Whether there can be a key of the type.</summary>
    bool Has(EncryptionType type);

    /// <summary>The key of the type, newest or of the version given; null where there is none.</summary>
    /// <param name="type">The encryption type.</param>
    /// <param name="salt">The salt for a password, as the KDC names it.</param>
    /// <param name="parameters">String-to-key parameters for a password, as the KDC names them.</param>
    /// <param name="keyVersion">The version the KDC says it used, where it says so.</param>
    LongTermKey? Find(EncryptionType type, string salt, ReadOnlySpan<byte> parameters, uint? keyVersion);
}
