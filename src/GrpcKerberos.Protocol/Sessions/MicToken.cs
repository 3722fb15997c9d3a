using System.Buffers;
using System.Buffers.Binary;
using GrpcKerberos.Protocol.Crypto;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>
/// The per-message token of RFC 4121 section 4.2.6.1:
/// <code>
/// octets 0..1 TOK_ID 04 04 · 2 Flags · 3..7 Filler FF · 8..15 SND_SEQ, big-endian · 16.. SGN_CKSUM
/// </code>
/// The checksum covers the message and then the token's first 16 octets (section 4.2.4).
/// </summary>
internal static class MicToken
{
    public const int HeaderLength = 16;

    /// <summary>Room on the stack for what a MIC without a token covers; longer inputs borrow an array.</summary>
    private const int StackLimit = 512;

    private const MicFlags KnownFlags = MicFlags.SentByAcceptor | MicFlags.AcceptorSubkey;

    /// <summary>The token of one message; its length is 16 and the MAC of the key's enctype.</summary>
    /// <param name="keys">The initiator's, then the acceptor's.</param>
    /// <param name="flags">The direction, and whose subkey it is.</param>
    /// <param name="number">SND_SEQ.</param>
    /// <param name="input">The message.</param>
    public static Mic Make<TInput>(in ChecksumKeyPair keys, MicFlags flags, ulong number, in TInput input)
        where TInput : IMicInput, allows ref struct
    {
        Span<byte> token = stackalloc byte[HeaderLength + keys.Length];
        WriteHeader(token, flags, number);
        Sign(keys, token[..HeaderLength], input, token[HeaderLength..]);
        return new Mic(token);
    }

    /// <summary>Whether the token is this message's, in exactly this direction and by exactly this owner of the key.</summary>
    public static bool Verify<TInput>(in ChecksumKeyPair keys, MicFlags flags, ReadOnlySpan<byte> token, in TInput input)
        where TInput : IMicInput, allows ref struct
    {
        if (!TryReadNumber(token, out var found, out _) || found != flags || token.Length != HeaderLength + keys.Length) return false;
        Span<byte> expected = stackalloc byte[keys.Length];
        Sign(keys, token[..HeaderLength], input, expected);
        return System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(expected, token[HeaderLength..]);
    }

    /// <summary>Flags and SND_SEQ of a token whose header is well formed to the last bit.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> token, out MicFlags flags, out ulong number)
    {
        flags = default;
        number = 0;
        if (token.Length <= HeaderLength) return false;
        flags = (MicFlags)token[2];
        number = BinaryPrimitives.ReadUInt64BigEndian(token[8..]);
        if ((flags & ~KnownFlags) != 0) return false;
        Span<byte> expected = stackalloc byte[HeaderLength];
        WriteHeader(expected, flags, number);
        return token[..HeaderLength].SequenceEqual(expected);
    }

    private static void Sign<TInput>(in ChecksumKeyPair keys, ReadOnlySpan<byte> header, in TInput input, Span<byte> mac)
        where TInput : IMicInput, allows ref struct
    {
        var length = input.Length + HeaderLength;
        if (length <= StackLimit)
        {
            Span<byte> signed = stackalloc byte[StackLimit];
            Sign(keys, header, input, signed[..length], mac);
            return;
        }

        var borrowed = ArrayPool<byte>.Shared.Rent(length);
        Sign(keys, header, input, borrowed.AsSpan(0, length), mac);
        ArrayPool<byte>.Shared.Return(borrowed);
    }

    private static void Sign<TInput>(in ChecksumKeyPair keys, ReadOnlySpan<byte> header, in TInput input, Span<byte> signed, Span<byte> mac)
        where TInput : IMicInput, allows ref struct
    {
        input.WriteTo(signed[..^HeaderLength]);
        header.CopyTo(signed[^HeaderLength..]);
        // The direction is in the header, and chooses the key: usage 25 from the initiator, 23 from the acceptor.
        keys.Sign(bySecond: ((MicFlags)header[2]).HasFlag(MicFlags.SentByAcceptor), signed, mac);
    }

    private static void WriteHeader(Span<byte> token, MicFlags flags, ulong number)
    {
        token[0] = 0x04;
        token[1] = 0x04;
        token[2] = (byte)flags;
        token[3..8].Fill(0xFF);
        BinaryPrimitives.WriteUInt64BigEndian(token[8..], number);
    }
}
