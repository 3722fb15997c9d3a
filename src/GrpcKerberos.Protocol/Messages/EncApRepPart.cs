using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// <code>
/// EncAPRepPart ::= [APPLICATION 27] SEQUENCE {       -- RFC 4120 section 5.5.2
///     ctime      [0] KerberosTime,
///     cusec      [1] Microseconds,
///     subkey     [2] EncryptionKey OPTIONAL,
///     seq-number [3] UInt32 OPTIONAL }
/// </code>
/// </summary>
internal sealed record EncApRepPart(KerberosTime ClientTime, EncryptionKey? Subkey = null, uint? SequenceNumber = null)
{
    public static EncApRepPart Decode(ReadOnlyMemory<byte> encoded)
    {
        var sequence = DerReader.OpenApplication(encoded, ApplicationTag.EncApRepPart);
        var ctime = sequence.ReadTime(0);
        var cusec = sequence.ReadMicroseconds(1);
        var subkey = sequence.TryField(2, out var field) ? EncryptionKey.Decode(field) : null;
        var number = sequence.ReadOptionalUInt32(3);
        sequence.End();
        return new EncApRepPart(ctime.WithMicroseconds(cusec), subkey, number);
    }

    public byte[] Encode() => DerWriter.Encode(this, static (writer, message) =>
    {
        using (writer.Application(ApplicationTag.EncApRepPart))
        using (writer.PushSequence())
        {
            writer.Time(0, message.ClientTime);
            writer.Int32(1, message.ClientTime.Microseconds);
            message.Subkey?.EncodeTo(writer, 2);
            writer.UInt32(3, message.SequenceNumber);
        }
    });
}
