using System.Formats.Asn1;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// How a KDC makes a client's key from its password, for one enctype.
/// <code>
/// ETYPE-INFO2-ENTRY ::= SEQUENCE {      -- RFC 4120 section 5.2.7.5
///     etype     [0] Int32,
///     salt      [1] KerberosString OPTIONAL,
///     s2kparams [2] OCTET STRING OPTIONAL }
/// </code>
/// </summary>
internal sealed record EtypeInfo2Entry(EncryptionType Type, string? Salt = null, ReadOnlyMemory<byte>? StringToKeyParameters = null)
{
    public static IReadOnlyList<EtypeInfo2Entry> DecodeList(ReadOnlyMemory<byte> encoded) => DerFields.DecodeList(new DerReader(encoded), Decode);

    public static byte[] EncodeList(IReadOnlyList<EtypeInfo2Entry> entries) => DerWriter.Encode(writer =>
    {
        using (writer.PushSequence())
        {
            foreach (var entry in entries) entry.WriteTo(writer);
        }
    });

    private static EtypeInfo2Entry Decode(DerReader element)
    {
        var sequence = element.Sequence();
        element.End();
        var type = sequence.ReadInt32(0);
        var salt = sequence.ReadOptionalKerberosString(1);
        var parameters = sequence.ReadOptionalOctetString(2);
        sequence.End();
        return new EtypeInfo2Entry((EncryptionType)type, salt, parameters);
    }

    private void WriteTo(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.Int32(0, (int)Type);
            writer.KerberosString(1, Salt);
            if (StringToKeyParameters is { } parameters) writer.OctetString(2, parameters.Span);
        }
    }
}
