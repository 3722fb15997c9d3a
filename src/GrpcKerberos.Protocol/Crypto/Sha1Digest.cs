using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>SHA-1 (FIPS 180-4 section 6.1), for the HMAC of RFC 3962; collisions of SHA-1 do not weaken an HMAC.</summary>
internal readonly struct Sha1Digest : IDigest
{
    public static int BlockLength => 64;

    public static int StateLength => 20;

    public static int HashLength => 20;

    public static int LengthField => 8;

    public static int PlatformFrom => 512;

    public static int PlatformHashFrom => 128;

    public static void Start(Span<byte> state)
    {
        ReadOnlySpan<uint> start = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0];
        start.CopyTo(MemoryMarshal.Cast<byte, uint>(state));
    }

    public static void Write(ReadOnlySpan<byte> state, Span<byte> hash) =>
        BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(state)[..5], MemoryMarshal.Cast<byte, uint>(hash));

    public static void Compress(Span<byte> state, ReadOnlySpan<byte> blocks)
    {
        Span<uint> schedule = stackalloc uint[80];
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
        var (third, second, last) = (schedule[13], schedule[14], schedule[15]);
        for (var i = 16; i < schedule.Length; i++)
        {
            var next = BitOperations.RotateLeft(third ^ schedule[i - 8] ^ schedule[i - 14] ^ schedule[i - 16], 1);
            (third, second, last) = (second, last, next);
            schedule[i] = next;
        }
    }

    private static void Rounds(Span<uint> words, ReadOnlySpan<uint> schedule)
    {
        var (a, b, c, d, e) = (words[0], words[1], words[2], words[3], words[4]);
        for (var i = 0; i < 20; i++)
            (a, b, c, d, e) = (Next(a, (b & c) | (~b & d), e, 0x5A827999, schedule[i]), a, BitOperations.RotateLeft(b, 30), c, d);
        for (var i = 20; i < 40; i++)
            (a, b, c, d, e) = (Next(a, b ^ c ^ d, e, 0x6ED9EBA1, schedule[i]), a, BitOperations.RotateLeft(b, 30), c, d);
        for (var i = 40; i < 60; i++)
            (a, b, c, d, e) = (Next(a, (b & c) | (b & d) | (c & d), e, 0x8F1BBCDC, schedule[i]), a, BitOperations.RotateLeft(b, 30), c, d);
        for (var i = 60; i < 80; i++)
            (a, b, c, d, e) = (Next(a, b ^ c ^ d, e, 0xCA62C1D6, schedule[i]), a, BitOperations.RotateLeft(b, 30), c, d);
        words[0] += a;
        words[1] += b;
        words[2] += c;
        words[3] += d;
        words[4] += e;
    }

    /// <summary>The step before decides only <paramref name="a"/>, so it is added last and the rest need not wait for it.</summary>
    private static uint Next(uint a, uint mixed, uint e, uint constant, uint word) =>
        e + constant + word + mixed + BitOperations.RotateLeft(a, 5);
}
