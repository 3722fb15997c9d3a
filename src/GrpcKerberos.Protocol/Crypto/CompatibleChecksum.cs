using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>Which checksum types a key may verify: the mandatory one of its encryption type, and no other.</summary>
/// <remarks>Servers that took unkeyed checksums, or those of another family, could be forged against (CVE-2010-1324, MS14-068).</remarks>
internal static class CompatibleChecksum
{
    public static bool IsFor(EncryptionType key, ChecksumType checksum) => key switch
    {
        EncryptionType.Aes128CtsHmacSha1 => checksum == ChecksumType.HmacSha1Aes128,
        EncryptionType.Aes256CtsHmacSha1 => checksum == ChecksumType.HmacSha1Aes256,
        EncryptionType.Aes128CtsHmacSha256 => checksum == ChecksumType.HmacSha256Aes128,
        EncryptionType.Aes256CtsHmacSha384 => checksum == ChecksumType.HmacSha384Aes256,
        EncryptionType.Rc4Hmac => checksum == ChecksumType.HmacMd5,
        EncryptionType.Camellia128CtsCmac => checksum == ChecksumType.CmacCamellia128,
        EncryptionType.Camellia256CtsCmac => checksum == ChecksumType.CmacCamellia256,
        _ => false,
    };

    /// <summary>Octets of a checksum that some key may verify; null for any other type.</summary>
    public static int? LengthOf(ChecksumType checksum) => checksum switch
    {
        ChecksumType.HmacSha1Aes128 or ChecksumType.HmacSha1Aes256 => 12,
        ChecksumType.HmacSha256Aes128 or ChecksumType.HmacMd5 or ChecksumType.CmacCamellia128 or ChecksumType.CmacCamellia256 => 16,
        ChecksumType.HmacSha384Aes256 => 24,
        _ => null,
    };
}
