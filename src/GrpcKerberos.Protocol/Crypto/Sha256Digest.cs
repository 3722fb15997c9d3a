using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>SHA-256 (FIPS 180-4 section 6.2).</summary>
internal readonly struct Sha256Digest : IDigest
{
    public static int BlockLength => 64;

    public static int StateLength => 32;

    public static int HashLength => 32;

    public static int LengthField => 8;

    public static int PlatformFrom => 512;

    public static int PlatformHashFrom => 64;

    public static void Start(Span<byte> state)
    {
        ReadOnlySpan<uint> start =
            [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19];
        start.CopyTo(MemoryMarshal.Cast<byte, uint>(state));
    }

    public static void Write(ReadOnlySpan<byte> state, Span<byte> hash) =>
        BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(state)[..8], MemoryMarshal.Cast<byte, uint>(hash));

    public static void Compress(Span<byte> state, ReadOnlySpan<byte> blocks)
    {
        Span<uint> schedule = stackalloc uint[64];
        var words = MemoryMarshal.Cast<byte, uint>(state);
        for (; blocks.Length >= 64; blocks = blocks[64..])
        {
            Expand(blocks, schedule);
            Rounds(words, schedule);
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(schedule));
    }

    /// <summary>The words just made are carried along: to read back what was written a moment ago makes the processor wait.</summary>
    private static void Expand(ReadOnlySpan<byte> block, Span<uint> schedule)
    {
        BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(block[..64]), schedule);
        var (late, last) = (schedule[14], schedule[15]);
        for (var i = 16; i < schedule.Length; i++)
        {
            var early = schedule[i - 15];
            var next = schedule[i - 16] + schedule[i - 7]
                + (BitOperations.RotateRight(early, 7) ^ BitOperations.RotateRight(early, 18) ^ (early >> 3))
                + (BitOperations.RotateRight(late, 17) ^ BitOperations.RotateRight(late, 19) ^ (late >> 10));
            (late, last) = (last, next);
            schedule[i] = next;
        }
    }

    private static void Rounds(Span<uint> words, ReadOnlySpan<uint> schedule)
    {
        ReadOnlySpan<uint> constants = Sha2Constants.Sha256;
        var (a, b, c, d, e, f, g, h) = (words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7]);
        for (var i = 0; i < schedule.Length && i < constants.Length; i++)
        {
            var first = h + constants[i] + schedule[i] + ((e & f) ^ (~e & g))
                + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25));
            var second = ((a & b) ^ (a & c) ^ (b & c))
                + (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22));
            (a, b, c, d, e, f, g, h) = (first + second, a, b, c, d + first, e, f, g);
        }
        words[0] += a;
        words[1] += b;
        words[2] += c;
        words[3] += d;
        words[4] += e;
        words[5] += f;
        words[6] += g;
        words[7] += h;
    }
}
