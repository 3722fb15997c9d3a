using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>A key made of two others, each with a pepper that says what for: KRB-FX-CF2 of RFC 6113 section 5.1. Who lacks either has none of it.</summary>
internal sealed class CombinedKey : KerberosKey
{
    private CombinedKey(EncryptionType type, ReadOnlySpan<byte> bytes)
        : base(type, bytes)
    {
    }

    /// <summary>The combination is of the first key's encryption type. Random-to-key changes nothing for the types here.</summary>
    public static CombinedKey Combine(KerberosKey first, ReadOnlySpan<byte> firstPepper, KerberosKey second, ReadOnlySpan<byte> secondPepper)
    {
        Span<byte> bytes = stackalloc byte[EncryptionProfile.For(first.Type).KeyLength];
        Span<byte> other = stackalloc byte[bytes.Length];
        first.PrfPlus(firstPepper, bytes);
        second.PrfPlus(secondPepper, other);
        for (var i = 0; i < bytes.Length; i++) bytes[i] ^= other[i];
        var key = new CombinedKey(first.Type, bytes);
        CryptographicOperations.ZeroMemory(bytes);
        CryptographicOperations.ZeroMemory(other);
        return key;
    }
}
