using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>HMAC (RFC 2104) with a key that was prepared once and is kept as plain bytes.</summary>
internal abstract class HmacEngine
{
    /// <summary>The longest MAC of any hash here, SHA-384: room for a buffer on the stack.</summary>
    public const int LongestMac = 48;

    /// <summary>The quickest engine here. Ours reads words as little-endian processors hold them; there is no other .NET in wide use.</summary>
    public static HmacEngine Quickest<TDigest>(HashAlgorithmName hash)
        where TDigest : struct, IDigest =>
        BitConverter.IsLittleEndian ? new ManagedHmacEngine<TDigest>(hash) : new PlatformHmacEngine(hash);

    /// <summary>How many bytes a prepared key takes.</summary>
    public abstract int PreparedLength(int keyLength);

    public abstract void Prepare(ReadOnlySpan<byte> key, Span<byte> prepared);

    /// <summary>
    /// The MAC of both parts, one after the other, cut to the length of <paramref name="mac"/>. The first part is shorter
    /// than a block of the hash.
    /// </summary>
    public abstract void Compute(ReadOnlySpan<byte> prepared, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> mac);

    /// <summary>The hash alone, in full length.</summary>
    public abstract void Hash(ReadOnlySpan<byte> data, Span<byte> hash);
}
