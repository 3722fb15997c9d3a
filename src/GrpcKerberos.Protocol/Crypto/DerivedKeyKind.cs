namespace GrpcKerberos.Protocol.Crypto;

/// <summary>Which key is derived for a usage: the last octet of the derivation constant (RFC 3961 section 5.3).</summary>
internal enum DerivedKeyKind : byte
{
    /// <summary>Kc, for checksums.</summary>
    Checksum = 0x99,

    /// <summary>Ke, for encryption.</summary>
    Encryption = 0xAA,

    /// <summary>Ki, for the MAC of an encrypted message.</summary>
    Integrity = 0x55,
}
