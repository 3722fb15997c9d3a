namespace GrpcKerberos.Protocol.Registry;

/// <summary>Checksum types (RFC 3961 section 8, RFC 4121 section 4.1.1, RFC 4757, RFC 6803, RFC 8009 section 8).</summary>
internal enum ChecksumType
{
    /// <summary>HMAC-MD5 of RC4 keys (RFC 4757 section 4).</summary>
    HmacMd5 = -138,

    HmacSha1Aes128 = 15,
    HmacSha1Aes256 = 16,
    CmacCamellia128 = 17,
    CmacCamellia256 = 18,
    HmacSha256Aes128 = 19,
    HmacSha384Aes256 = 20,

    /// <summary>No checksum at all but a GSS-API structure: channel binding, flags, delegation.</summary>
    GssApi = 0x8003,
}
