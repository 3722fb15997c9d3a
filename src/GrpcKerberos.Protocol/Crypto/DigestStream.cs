using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>A message through the compression function, with the padding of FIPS 180-4 section 5.1.</summary>
internal static class DigestStream<TDigest>
    where TDigest : struct, IDigest
{
    /// <summary>
    /// Takes in both parts and writes the hash. The state has taken in <paramref name="before"/> octets already, and is of
    /// no use afterwards. The first part is shorter than a block.
    /// </summary>
    public static void Finish(Span<byte> state, int before, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(first.Length, TDigest.BlockLength);
        Span<byte> block = stackalloc byte[TDigest.BlockLength];
        var length = (long)before + first.Length + second.Length;
        var filled = first.Length;
        if (filled > 0)
        {
            first.CopyTo(block);
            var taken = Math.Min(block.Length - filled, second.Length);
            second[..taken].CopyTo(block[filled..]);
            second = second[taken..];
            filled += taken;
            if (filled == block.Length)
            {
                TDigest.Compress(state, block);
                filled = 0;
            }
        }
        if (filled == 0)
        {
            filled = second.Length % block.Length;
            TDigest.Compress(state, second[..^filled]);
            second[^filled..].CopyTo(block);
        }
        Pad(state, block, filled, length);
        TDigest.Write(state, hash);
        CryptographicOperations.ZeroMemory(block);
    }

    private static void Pad(Span<byte> state, Span<byte> block, int filled, long length)
    {
        block[filled] = 0x80;
        block[(filled + 1)..].Clear();
        if (filled + 1 > block.Length - TDigest.LengthField)
        {
            TDigest.Compress(state, block);
            block.Clear();
        }
        BinaryPrimitives.WriteInt64BigEndian(block[^8..], length * 8);
        TDigest.Compress(state, block);
    }
}
