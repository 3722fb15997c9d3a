using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>Fresh random keys. Random-to-key changes nothing for AES (RFC 3962 section 6, RFC 8009 section 5).</summary>
internal static class RandomKey
{
    public delegate TKey Factory<out TKey>(EncryptionType type, ReadOnlySpan<byte> bytes);

    public static TKey Generate<TKey>(EncryptionType type, Factory<TKey> factory)
    {
        Span<byte> bytes = stackalloc byte[EncryptionProfile.For(type).KeyLength];
        RandomNumberGenerator.Fill(bytes);
        var key = factory(type, bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }
}
