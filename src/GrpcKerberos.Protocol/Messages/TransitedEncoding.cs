using System.Formats.Asn1;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// <code>
/// TransitedEncoding ::= SEQUENCE {      -- RFC 4120 section 5.3
///     tr-type  [0] Int32,
///     contents [1] OCTET STRING }
/// </code>
/// </summary>
internal sealed record TransitedEncoding(int Type, ReadOnlyMemory<byte> Contents)
{
    public const int DomainX500Compress = 1;

    public static TransitedEncoding None { get; } = new(DomainX500Compress, ReadOnlyMemory<byte>.Empty);

    public static TransitedEncoding Decode(DerReader field)
    {
        var sequence = field.Sequence();
        field.End();
        var type = sequence.ReadInt32(0);
        var contents = sequence.ReadOctetString(1);
        sequence.End();
        return new TransitedEncoding(type, contents);
    }

    public void EncodeTo(AsnWriter writer, int tag)
    {
        using (writer.Field(tag))
        using (writer.PushSequence())
        {
            writer.Int32(0, Type);
            writer.OctetString(1, Contents.Span);
        }
    }
}
