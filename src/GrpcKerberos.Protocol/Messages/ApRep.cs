using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// <code>
/// AP-REP ::= [APPLICATION 15] SEQUENCE {             -- RFC 4120 section 5.5.2
///     pvno     [0] INTEGER (5),
///     msg-type [1] INTEGER (15),
///     enc-part [2] EncryptedData }                   -- EncAPRepPart, usage 12, the TICKET's session key
/// </code>
/// </summary>
internal sealed record ApRep(EncryptedData EncPart)
{
    public static ApRep Decode(ReadOnlyMemory<byte> encoded)
    {
        var sequence = DerReader.OpenApplication(encoded, (int)MessageType.ApRep);
        KerberosVersion.Require(sequence.ReadInt32(0));
        KerberosVersion.RequireType(MessageType.ApRep, sequence.ReadInt32(1));
        var encPart = EncryptedData.Decode(sequence.Field(2));
        sequence.End();
        return new ApRep(encPart);
    }

    public byte[] Encode() => DerWriter.Encode(this, static (writer, message) =>
    {
        using (writer.Application((int)MessageType.ApRep))
        using (writer.PushSequence())
        {
            writer.Int32(0, KerberosVersion.Five);
            writer.Int32(1, (int)MessageType.ApRep);
            message.EncPart.EncodeTo(writer, 2);
        }
    });
}
