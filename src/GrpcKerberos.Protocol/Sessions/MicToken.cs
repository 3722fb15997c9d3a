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

    /// <summary>The token of one message; its length is 16 and the MAC of the key's enctype.</summary>
    public static byte[] Make(ChecksumKey key, MicFlags flags, ulong number, ReadOnlySpan<byte> message)
    {
        var token = new byte[HeaderLength + key.Length];
        WriteHeader(token, flags, number);
        Sign(key, token.AsSpan(0, HeaderLength), message, token.AsSpan(HeaderLength));
        return token;
    }

    /// <summary>Whether the token is this message's, in exactly this direction and by exactly this owner of the key.</summary>
    public static bool Verify(ChecksumKey key, MicFlags flags, ReadOnlySpan<byte> token, ReadOnlySpan<byte> message)
    {
        if (!TryReadNumber(token, flags, out _) || token.Length != HeaderLength + key.Length) return false;
        var signed = Concatenate(message, token[..HeaderLength]);
        return key.Verify(signed, token[HeaderLength..]);
    }

    /// <summary>SND_SEQ of a token whose header is well formed and has exactly these flags.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> token, MicFlags flags, out ulong number)
    {
        number = 0;
        if (token.Length <= HeaderLength) return false;
        number = BinaryPrimitives.ReadUInt64BigEndian(token[8..]);
        Span<byte> expected = stackalloc byte[HeaderLength];
        WriteHeader(expected, flags, number);
        return token[..HeaderLength].SequenceEqual(expected);
    }

    private static void Sign(ChecksumKey key, ReadOnlySpan<byte> header, ReadOnlySpan<byte> message, Span<byte> mac) =>
        key.Sign(Concatenate(message, header), mac);

    private static byte[] Concatenate(ReadOnlySpan<byte> message, ReadOnlySpan<byte> header)
    {
        var signed = new byte[message.Length + header.Length];
        message.CopyTo(signed);
        header.CopyTo(signed.AsSpan(message.Length));
        return signed;
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
