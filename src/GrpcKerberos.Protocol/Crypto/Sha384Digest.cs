using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>SHA-384 (FIPS 180-4 section 6.5): SHA-512 from another start, cut to six of its eight words.</summary>
internal readonly struct Sha384Digest : IDigest
{
    public static int BlockLength => 128;

    public static int StateLength => 64;

    public static int HashLength => 48;

    public static int LengthField => 16;

    public static int PlatformFrom => 1024;

    public static int PlatformHashFrom => 256;

    public static void Start(Span<byte> state)
    {
        ReadOnlySpan<ulong> start =
        [
            0xCBBB9D5DC1059ED8, 0x629A292A367CD507, 0x9159015A3070DD17, 0x152FECD8F70E5939,
            0x67332667FFC00B31, 0x8EB44A8768581511, 0xDB0C2E0D64F98FA7, 0x47B5481DBEFA4FA4,
        ];
        start.CopyTo(MemoryMarshal.Cast<byte, ulong>(state));
    }

    public static void Write(ReadOnlySpan<byte> state, Span<byte> hash) =>
        BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ulong>(state)[..6], MemoryMarshal.Cast<byte, ulong>(hash));

    public static void Compress(Span<byte> state, ReadOnlySpan<byte> blocks)
    {
        Span<ulong> schedule = stackalloc ulong[80];
        var words = MemoryMarshal.Cast<byte, ulong>(state);
        for (; blocks.Length >= 128; blocks = blocks[128..])
        {
            Expand(blocks, schedule);
            Rounds(words, schedule);
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(schedule));
    }

    /// <summary>The words just made are carried along: to read back what was written a moment ago makes the processor wait.</summary>
    private static void Expand(ReadOnlySpan<byte> block, Span<ulong> schedule)
    {
        BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ulong>(block[..128]), schedule);
        var (late, last) = (schedule[14], schedule[15]);
        for (var i = 16; i < schedule.Length; i++)
        {
            var early = schedule[i - 15];
            var next = schedule[i - 16] + schedule[i - 7]
                + (BitOperations.RotateRight(early, 1) ^ BitOperations.RotateRight(early, 8) ^ (early >> 7))
                + (BitOperations.RotateRight(late, 19) ^ BitOperations.RotateRight(late, 61) ^ (late >> 6));
            (late, last) = (last, next);
            schedule[i] = next;
        }
    }

    private static void Rounds(Span<ulong> words, ReadOnlySpan<ulong> schedule)
    {
        var constants = Sha2Constants.Sha512;
        var (a, b, c, d, e, f, g, h) = (words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7]);
        for (var i = 0; i < schedule.Length && i < constants.Length; i++)
        {
            var first = h + constants[i] + schedule[i] + ((e & f) ^ (~e & g))
                + (BitOperations.RotateRight(e, 14) ^ BitOperations.RotateRight(e, 18) ^ BitOperations.RotateRight(e, 41));
            var second = ((a & b) ^ (a & c) ^ (b & c))
                + (BitOperations.RotateRight(a, 28) ^ BitOperations.RotateRight(a, 34) ^ BitOperations.RotateRight(a, 39));
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
