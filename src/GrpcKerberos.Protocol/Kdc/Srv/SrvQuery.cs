using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GrpcKerberos.Protocol.Kdc.Srv;

/// <summary>A question for SRV records (RFC 1035 section 4.1.2, RFC 2782), with an identifier of its own.</summary>
internal sealed class SrvQuery
{
    public const ushort SrvType = 33;
    public const ushort InternetClass = 1;

    /// <summary>RFC 1035 section 2.3.4.</summary>
    private const int MaxLabelLength = 63;
    private const int MaxTextLength = 253;

    private const ushort RecursionDesired = 0x0100;
    private const int HeaderLength = 12;

    private SrvQuery(string name)
    {
        Name = name;
        Id = BinaryPrimitives.ReadUInt16BigEndian(RandomNumberGenerator.GetBytes(sizeof(ushort)));
        Encoded = Encode(name, Id);
    }

    /// <summary>In lower case, as DNS compares.</summary>
    public string Name { get; }

    /// <summary>Random: together with the port it is what a forger off the path has to guess.</summary>
    public ushort Id { get; }

    public byte[] Encoded { get; }

    /// <summary>Null where no name of DNS can be so: a realm may have any form.</summary>
    public static SrvQuery? Of(string name) =>
        name.Length <= MaxTextLength && name.Split('.').All(IsLabel) ? new SrvQuery(name.ToLowerInvariant()) : null;

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabelLength && label.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static byte[] Encode(string name, ushort id)
    {
        var message = new byte[HeaderLength + 1 + name.Length + 1 + sizeof(ushort) + sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), 1);
        var at = HeaderLength;
        foreach (var label in name.Split('.'))
        {
            message[at] = (byte)label.Length;
            at += 1 + Encoding.ASCII.GetBytes(label, message.AsSpan(at + 1));
        }

        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at + 1), SrvType);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at + 3), InternetClass);
        return message;
    }
}
