using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>AES on the processor's own instructions: constant time, no native call, no allocation.</summary>
internal sealed class IntrinsicAesEngine<TInstructions> : AesEngine
    where TInstructions : struct, IAesInstructions
{
    public override int ScheduleLength(int keyLength) => ((keyLength / 4) + 7) * BlockLength;

    /// <summary>FIPS 197 section 5.2. The S-box is the last encryption round on four equal columns, which ShiftRows leaves alone.</summary>
    public override void ExpandForEncryption(ReadOnlySpan<byte> key, Span<byte> schedule)
    {
        key.CopyTo(schedule);
        var words = MemoryMarshal.Cast<byte, uint>(schedule[..ScheduleLength(key.Length)]);
        var keyWords = key.Length / 4;
        var roundConstant = 1u;
        for (var i = keyWords; i < words.Length; i++)
        {
            var word = words[i - 1];
            if (i % keyWords == 0)
            {
                word = uint.RotateRight(SubWord(word), 8) ^ roundConstant;
                roundConstant = (roundConstant << 1) ^ ((roundConstant >> 7) * 0x11B);
            }
            else if (keyWords > 6 && i % keyWords == 4)
                word = SubWord(word);
            words[i] = words[i - keyWords] ^ word;
        }
    }

    public override void ExpandForDecryption(ReadOnlySpan<byte> key, Span<byte> schedule)
    {
        var length = ScheduleLength(key.Length);
        Span<byte> forward = stackalloc byte[15 * BlockLength];
        ExpandForEncryption(key, forward);
        var from = Keys(forward[..length]);
        var to = MemoryMarshal.Cast<byte, Vector128<byte>>(schedule[..length]);
        to[0] = from[^1];
        for (var i = 1; i < to.Length - 1; i++)
            to[i] = TInstructions.InverseMixColumns(from[^(i + 1)]);
        to[^1] = from[0];
        CryptographicOperations.ZeroMemory(forward);
    }

    public override void EncryptCbc(
        ReadOnlySpan<byte> schedule, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var keys = Keys(schedule);
        var state = Vector128.Create(iv);
        for (var at = 0; at < source.Length; at += BlockLength)
        {
            state ^= Vector128.Create(source.Slice(at, BlockLength)) ^ keys[0];
            for (var round = 1; round < keys.Length - 1; round++)
                state = TInstructions.Encrypt(state, keys[round]);
            state = TInstructions.EncryptLast(state, keys[^1]);
            state.CopyTo(destination[at..]);
        }
    }

    public override void DecryptCbc(
        ReadOnlySpan<byte> schedule, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var keys = Keys(schedule);
        var previous = Vector128.Create(iv);
        var at = 0;
        for (; source.Length - at >= 4 * BlockLength; at += 4 * BlockLength)
            previous = DecryptFour(keys, previous, source.Slice(at, 4 * BlockLength), destination.Slice(at, 4 * BlockLength));
        for (; at < source.Length; at += BlockLength)
        {
            var cipher = Vector128.Create(source.Slice(at, BlockLength));
            var state = cipher ^ keys[0];
            for (var round = 1; round < keys.Length - 1; round++)
                state = TInstructions.Decrypt(state, keys[round]);
            (TInstructions.DecryptLast(state, keys[^1]) ^ previous).CopyTo(destination[at..]);
            previous = cipher;
        }
    }

    /// <summary>Four blocks at once: each round waits several cycles for its result, and other blocks fill the wait.</summary>
    private static Vector128<byte> DecryptFour(
        ReadOnlySpan<Vector128<byte>> keys, Vector128<byte> previous, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var c0 = Vector128.Create(source);
        var c1 = Vector128.Create(source[16..]);
        var c2 = Vector128.Create(source[32..]);
        var c3 = Vector128.Create(source[48..]);
        var (s0, s1, s2, s3) = (c0 ^ keys[0], c1 ^ keys[0], c2 ^ keys[0], c3 ^ keys[0]);
        for (var round = 1; round < keys.Length - 1; round++)
        {
            var key = keys[round];
            s0 = TInstructions.Decrypt(s0, key);
            s1 = TInstructions.Decrypt(s1, key);
            s2 = TInstructions.Decrypt(s2, key);
            s3 = TInstructions.Decrypt(s3, key);
        }
        (TInstructions.DecryptLast(s0, keys[^1]) ^ previous).CopyTo(destination);
        (TInstructions.DecryptLast(s1, keys[^1]) ^ c0).CopyTo(destination[16..]);
        (TInstructions.DecryptLast(s2, keys[^1]) ^ c1).CopyTo(destination[32..]);
        (TInstructions.DecryptLast(s3, keys[^1]) ^ c2).CopyTo(destination[48..]);
        return c3;
    }

    private static ReadOnlySpan<Vector128<byte>> Keys(ReadOnlySpan<byte> schedule) =>
        MemoryMarshal.Cast<byte, Vector128<byte>>(schedule);

    private static uint SubWord(uint word)
    {
        var four = Vector128.Create(word).AsByte();
        return TInstructions.EncryptLast(four, Vector128<byte>.Zero).AsUInt32().ToScalar();
    }
}
