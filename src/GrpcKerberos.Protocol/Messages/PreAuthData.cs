using System.Formats.Asn1;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// <code>
/// PA-DATA ::= SEQUENCE {                -- RFC 4120 section 5.2.7; METHOD-DATA is a SEQUENCE OF it
///     padata-type  [1] Int32,
///     padata-value [2] OCTET STRING }
/// </code>
/// </summary>
internal sealed record PreAuthData(PreAuthType Type, ReadOnlyMemory<byte> Value)
{
    public static PreAuthData Decode(DerReader element)
    {
        var sequence = element.Sequence();
        element.End();
        var type = sequence.ReadInt32(1);
        var value = sequence.ReadOctetString(2);
        sequence.End();
        return new PreAuthData((PreAuthType)type, value);
    }

    public static IReadOnlyList<PreAuthData> DecodeMethodData(ReadOnlyMemory<byte> encoded) => DerFields.DecodeList(new DerReader(encoded), Decode);

    public static byte[] EncodeMethodData(IReadOnlyList<PreAuthData> methods) => DerWriter.Encode(writer =>
    {
        using (writer.PushSequence())
        {
            foreach (var method in methods) Write(writer, method);
        }
    });

    public static void Write(AsnWriter writer, PreAuthData data)
    {
        using (writer.PushSequence())
        {
            writer.Int32(1, (int)data.Type);
            writer.OctetString(2, data.Value.Span);
        }
    }
}
