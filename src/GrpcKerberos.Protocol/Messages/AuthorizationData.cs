using System.Formats.Asn1;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// One element of
/// <code>
/// AuthorizationData ::= SEQUENCE OF SEQUENCE {       -- RFC 4120 section 5.2.6
///     ad-type [0] Int32,
///     ad-data [1] OCTET STRING }
/// </code>
/// </summary>
internal sealed record AuthorizationData(AuthorizationDataType Type, ReadOnlyMemory<byte> Data)
{
    /// <summary>Real tickets nest two levels deep (AD-IF-RELEVANT around a PAC); what nests deeper is made to hurt.</summary>
    public const int MaxDepth = 8;

    public static AuthorizationData Decode(DerReader element)
    {
        var sequence = element.Sequence();
        element.End();
        var type = sequence.ReadInt32(0);
        var data = sequence.ReadOctetString(1);
        sequence.End();
        return new AuthorizationData((AuthorizationDataType)type, data);
    }

    /// <summary>The elements inside a container's ad-data, AD-IF-RELEVANT for one.</summary>
    public static IReadOnlyList<AuthorizationData> DecodeList(ReadOnlyMemory<byte> encoded) => DerFields.DecodeList(new DerReader(encoded), Decode);

    public static byte[] EncodeList(IReadOnlyList<AuthorizationData> elements) => DerWriter.Encode(writer =>
    {
        using (writer.PushSequence())
        {
            foreach (var element in elements) Write(writer, element);
        }
    });

    public static AuthorizationData IfRelevant(params IReadOnlyList<AuthorizationData> elements) =>
        new(AuthorizationDataType.IfRelevant, EncodeList(elements));

    public static void Write(AsnWriter writer, AuthorizationData element)
    {
        using (writer.PushSequence())
        {
            writer.Int32(0, (int)element.Type);
            writer.OctetString(1, element.Data.Span);
        }
    }
}
