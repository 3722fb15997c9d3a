using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// AS-REQ and TGS-REQ.
/// <code>
/// KDC-REQ ::= [APPLICATION 10 or 12] SEQUENCE {      -- RFC 4120 section 5.4.1
///     pvno     [1] INTEGER (5),
///     msg-type [2] INTEGER (10 or 12),
///     padata   [3] SEQUENCE OF PA-DATA OPTIONAL,
///     req-body [4] KDC-REQ-BODY }
/// </code>
/// </summary>
internal sealed record KdcReq(MessageType Type, KdcReqBody Body, IReadOnlyList<PreAuthData>? PreAuthData = null)
{
    /// <summary>Reads an AS-REQ or a TGS-REQ, told apart by their APPLICATION tag.</summary>
    /// <param name="encoded">The whole message.</param>
    /// <param name="encodedBody">The body's own octets: a TGS-REQ's checksum is made over them as they were sent.</param>
    public static KdcReq Decode(ReadOnlyMemory<byte> encoded, out ReadOnlyMemory<byte> encodedBody)
    {
        var type = new DerReader(encoded).NextIsApplication((int)MessageType.AsReq) ? MessageType.AsReq : MessageType.TgsReq;
        var sequence = DerReader.OpenApplication(encoded, (int)type);
        KerberosVersion.Require(sequence.ReadInt32(1));
        KerberosVersion.RequireType(type, sequence.ReadInt32(2));
        var preAuth = sequence.ReadOptionalList(3, Messages.PreAuthData.Decode);
        var field = sequence.Field(4);
        encodedBody = field.Element();
        field.End();
        sequence.End();
        return new KdcReq(type, KdcReqBody.Decode(encodedBody), preAuth);
    }

    public byte[] Encode() => DerWriter.Encode(writer =>
    {
        using (writer.Application((int)Type))
        using (writer.PushSequence())
        {
            writer.Int32(1, KerberosVersion.Five);
            writer.Int32(2, (int)Type);
            writer.Sequence(3, PreAuthData, Messages.PreAuthData.Write);
            using (writer.Field(4)) writer.WriteEncodedValue(Body.Encode());
        }
    });
}
