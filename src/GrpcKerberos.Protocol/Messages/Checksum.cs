using System.Formats.Asn1;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// <code>
/// Checksum ::= SEQUENCE {               -- RFC 4120 section 5.2.9
///     cksumtype [0] Int32,
///     checksum  [1] OCTET STRING }
/// </code>
/// </summary>
internal sealed record Checksum(ChecksumType Type, ReadOnlyMemory<byte> Value)
{
    public static Checksum Decode(DerReader field)
    {
        var sequence = field.Sequence();
        field.End();
        var type = sequence.ReadInt32(0);
        var value = sequence.ReadOctetString(1);
        sequence.End();
        return new Checksum((ChecksumType)type, value);
    }

    public void EncodeTo(AsnWriter writer, int tag)
    {
        using (writer.Field(tag))
        using (writer.PushSequence())
        {
            writer.Int32(0, (int)Type);
            writer.OctetString(1, Value.Span);
        }
    }
}
