using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>Which checksum types a key may verify: the mandatory one of its encryption type, and no other.</summary>
/// <remarks>Servers that took unkeyed checksums, or those of another family, could be forged against (CVE-2010-1324, MS14-068).</remarks>
internal static class CompatibleChecksum
{
    public static bool IsFor(EncryptionType key, ChecksumType checksum) =>
        EncryptionProfile.TryFor(key, out var profile) && profile.ChecksumType == checksum;
}
