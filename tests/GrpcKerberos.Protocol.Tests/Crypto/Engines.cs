using System.Security.Cryptography;
using GrpcKerberos.Protocol.Crypto;

namespace GrpcKerberos.Protocol.Tests.Crypto;

/// <summary>The same encryption type over every engine, so that each is held against the vectors and against the others.</summary>
internal static class Engines
{
    public static readonly EncryptionType[] Types =
    [
        EncryptionType.Aes128CtsHmacSha1, EncryptionType.Aes256CtsHmacSha1,
        EncryptionType.Aes128CtsHmacSha256, EncryptionType.Aes256CtsHmacSha384,
    ];

    public static IEnumerable<object[]> AllTypes => Types.Select(type => new object[] { type });

    /// <summary>The profile as it is used, then the one without any of the processor's instructions.</summary>
    public static IEnumerable<EncryptionProfile> Profiles(EncryptionType type)
    {
        yield return EncryptionProfile.For(type);
        yield return OnPlatform(type);
    }

    public static EncryptionProfile OnPlatform(EncryptionType type)
    {
        var aes = new PlatformAesEngine();
        return type switch
        {
            EncryptionType.Aes128CtsHmacSha256 => new AesSha2Profile(type, aes, new PlatformHmacEngine(HashAlgorithmName.SHA256)),
            EncryptionType.Aes256CtsHmacSha384 => new AesSha2Profile(type, aes, new PlatformHmacEngine(HashAlgorithmName.SHA384)),
            _ => new AesSha1Profile(type, aes, new PlatformHmacEngine(HashAlgorithmName.SHA1)),
        };
    }

    public static byte[] Bytes(EncryptionType type, byte first = 1) =>
        [.. Enumerable.Range(first, EncryptionProfile.For(type).KeyLength).Select(i => (byte)i)];
}
