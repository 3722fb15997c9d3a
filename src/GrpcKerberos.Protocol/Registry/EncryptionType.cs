namespace GrpcKerberos.Protocol;

/// <summary>Kerberos encryption types by their assigned number (RFC 3961 section 8 and the IANA registry).</summary>
/// <remarks>17 to 20 are built in and on by default. .NET has no primitives for 23, 25 and 26: the package GrpcKerberos.BouncyCastle brings them, off unless named.</remarks>
public enum EncryptionType
{
    /// <summary>aes128-cts-hmac-sha1-96 (RFC 3962).</summary>
    Aes128CtsHmacSha1 = 17,

    /// <summary>aes256-cts-hmac-sha1-96 (RFC 3962).</summary>
    Aes256CtsHmacSha1 = 18,

    /// <summary>aes128-cts-hmac-sha256-128 (RFC 8009).</summary>
    Aes128CtsHmacSha256 = 19,

    /// <summary>aes256-cts-hmac-sha384-192 (RFC 8009).</summary>
    Aes256CtsHmacSha384 = 20,

    /// <summary>arcfour-hmac (RFC 4757). Broken: anybody may forge and read where an account has such a key.</summary>
    Rc4Hmac = 23,

    /// <summary>camellia128-cts-cmac (RFC 6803).</summary>
    Camellia128CtsCmac = 25,

    /// <summary>camellia256-cts-cmac (RFC 6803).</summary>
    Camellia256CtsCmac = 26,
}
