using System.Formats.Asn1;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// One element of
/// <code>
/// LastReq ::= SEQUENCE OF SEQUENCE {    -- RFC 4120 section 5.4.2
///     lr-type  [0] Int32,
///     lr-value [1] KerberosTime }
/// </code>
/// </summary>
internal sealed record LastRequest(int Type, KerberosTime Time)
{
    public static LastRequest Decode(DerReader element)
    {
        var sequence = element.Sequence();
        element.End();
        var type = sequence.ReadInt32(0);
        var time = sequence.ReadTime(1);
        sequence.End();
        return new LastRequest(type, time);
    }

    public static void Write(AsnWriter writer, LastRequest request)
    {
        using (writer.PushSequence())
        {
            writer.Int32(0, request.Type);
            writer.Time(1, request.Time);
        }
    }
}
