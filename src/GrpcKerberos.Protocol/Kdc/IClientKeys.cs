using GrpcKerberos.Protocol.Crypto;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>The long-term keys of a client, out of a keytab or made from a password.</summary>
internal interface IClientKeys
{
    /// <summary>Whether there is a key of the type.</summary>
    bool Has(EncryptionType type);

    /// <summary>The key of the type.</summary>
    /// <param name="type">The encryption type.</param>
    /// <param name="salt">The salt for a password, as the KDC names it.</param>
    /// <param name="parameters">String-to-key parameters for a password, as the KDC names them.</param>
    /// <param name="keyVersion">The version the KDC says it used, where it says so; else the newest.</param>
    /// <exception cref="KerberosException">There is none, or the parameters are not acceptable.</exception>
    LongTermKey Find(EncryptionType type, string salt, ReadOnlySpan<byte> parameters, uint? keyVersion);

    /// <summary>The end of a message that the KDC's key is another one: what was at hand, and how to mend it.</summary>
    string RefusedText(EncryptionType type);

    /// <summary>Whether a KDC that refuses the others will refuse these, too.</summary>
    bool IsSameAs(IClientKeys others) => ReferenceEquals(this, others);
}
