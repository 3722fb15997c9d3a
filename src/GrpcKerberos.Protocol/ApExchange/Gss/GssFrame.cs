using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.ApExchange.Gss;

/// <summary>
/// The frame GSS-API puts around a mechanism's first messages (RFC 2743 section 3.1), and Kerberos around all that make a context (RFC 4121 section 4.1):
/// <code>
/// 60 ‖ length ‖ OID ‖ TOK_ID[2] ‖ the message
/// </code>
/// </summary>
internal static class GssFrame
{
    /// <summary>[APPLICATION 0].</summary>
    private const int Tag = 0;

    private const int TokenIdLength = 2;

    /// <summary>A token of Kerberos, out of its frame.</summary>
    /// <param name="token">The token, any octets at all.</param>
    /// <param name="message">What it holds.</param>
    /// <param name="problem">What is wrong with it, in words that quote nothing of it, and what to do where something can be done.</param>
    public static bool TryUnwrap(ReadOnlyMemory<byte> token, out GssToken message, [NotNullWhen(false)] out string? problem)
    {
        message = default;
        if (!TryOpen(token, out var mechanism, out var content, out problem)) return false;
        if (!mechanism.IsKerberos())
        {
            problem = mechanism.Problem();
            return false;
        }

        if (content.Length <= TokenIdLength)
        {
            problem = "its frame holds no message";
            return false;
        }

        var kind = (GssMessage)BinaryPrimitives.ReadUInt16BigEndian(content.Span);
        if (!Enum.IsDefined(kind))
        {
            problem = "its TOK_ID is none of those that make a context";
            return false;
        }

        message = new GssToken(kind, content[TokenIdLength..]);
        return true;
    }

    /// <summary>The mechanism that a frame names, and what is in it.</summary>
    public static bool TryOpen(ReadOnlyMemory<byte> token, out Mechanism mechanism, out ReadOnlyMemory<byte> content, [NotNullWhen(false)] out string? problem)
    {
        mechanism = Mechanism.Unknown;
        content = default;
        try
        {
            var outer = new DerReader(token);
            var frame = outer.Frame(Tag);
            outer.End();
            mechanism = Mechanisms.Of(frame.ObjectIdentifier().Span);
            content = frame.Rest();
            problem = null;
            return true;
        }
        catch (DerException e)
        {
            problem = $"its GSS-API frame is malformed: {e.Message}";
            return false;
        }
    }

    public static byte[] WrapApReq(ReadOnlySpan<byte> apReq) => Wrap(GssMessage.ApReq, apReq);

    public static byte[] WrapApRep(ReadOnlySpan<byte> apRep) => Wrap(GssMessage.ApRep, apRep);

    public static byte[] WrapError(ReadOnlySpan<byte> krbError) => Wrap(GssMessage.KrbError, krbError);

    public static byte[] Wrap(GssMessage kind, ReadOnlySpan<byte> message)
    {
        var content = new byte[TokenIdLength + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(content, (ushort)kind);
        message.CopyTo(content.AsSpan(TokenIdLength));
        return Close(Mechanism.Kerberos, content);
    }

    /// <summary>Puts content that is no whole element of ASN.1 into a mechanism's frame.</summary>
    public static byte[] Close(Mechanism mechanism, ReadOnlySpan<byte> content)
    {
        var oid = mechanism.Oid();
        var inside = 2 + oid.Length + content.Length;
        var lengthOctets = inside switch { < 0x80 => 0, < 0x100 => 1, < 0x10000 => 2, _ => 3 };
        var token = new byte[2 + lengthOctets + inside];
        token[0] = 0x60;
        token[1] = (byte)(lengthOctets == 0 ? inside : 0x80 | lengthOctets);
        for (var i = 0; i < lengthOctets; i++) token[1 + lengthOctets - i] = (byte)(inside >> (8 * i));
        var rest = token.AsSpan(2 + lengthOctets);
        rest[0] = (byte)UniversalTagNumber.ObjectIdentifier;
        rest[1] = (byte)oid.Length;
        oid.CopyTo(rest[2..]);
        content.CopyTo(rest[(2 + oid.Length)..]);
        return token;
    }
}
