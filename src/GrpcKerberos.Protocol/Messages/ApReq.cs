using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// <code>
/// AP-REQ ::= [APPLICATION 14] SEQUENCE {             -- RFC 4120 section 5.5.1
///     pvno          [0] INTEGER (5),
///     msg-type      [1] INTEGER (14),
///     ap-options    [2] APOptions,
///     ticket        [3] Ticket,
///     authenticator [4] EncryptedData }              -- Authenticator, usage 11 (7 inside a TGS-REQ)
/// </code>
/// </summary>
/// <remarks>Versions and type are kept as they came: the acceptor refuses a wrong one by its own error code.</remarks>
internal sealed record ApReq(
    ApOptions Options,
    Ticket Ticket,
    EncryptedData Authenticator,
    int ProtocolVersion = ApReq.Version,
    int Type = (int)MessageType.ApReq)
{
    public const int Version = 5;

    public static ApReq Decode(ReadOnlyMemory<byte> encoded)
    {
        var sequence = DerReader.OpenApplication(encoded, (int)MessageType.ApReq);
        var version = sequence.ReadInt32(0);
        var type = sequence.ReadInt32(1);
        var options = (ApOptions)sequence.ReadFlags(2);
        var ticket = Ticket.Decode(sequence.Field(3));
        var authenticator = EncryptedData.Decode(sequence.Field(4));
        sequence.End();
        return new ApReq(options, ticket, authenticator, version, type);
    }

    public byte[] Encode() => DerWriter.Encode(this, static (writer, message) =>
    {
        using (writer.Application((int)MessageType.ApReq))
        using (writer.PushSequence())
        {
            writer.Int32(0, message.ProtocolVersion);
            writer.Int32(1, message.Type);
            writer.Flags(2, (uint)message.Options);
            message.Ticket.EncodeTo(writer, 3);
            message.Authenticator.EncodeTo(writer, 4);
        }
    });
}
