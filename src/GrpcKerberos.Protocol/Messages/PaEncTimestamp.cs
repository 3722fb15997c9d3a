namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// What PA-ENC-TIMESTAMP seals with the client's key, usage 1.
/// <code>
/// PA-ENC-TS-ENC ::= SEQUENCE {          -- RFC 4120 section 5.2.7.2
///     patimestamp [0] KerberosTime,
///     pausec      [1] Microseconds OPTIONAL }
/// </code>
/// </summary>
internal sealed record PaEncTimestamp(KerberosTime Time)
{
    public static PaEncTimestamp Decode(ReadOnlyMemory<byte> encoded)
    {
        var outer = new DerReader(encoded);
        var sequence = outer.Sequence();
        outer.End();
        var time = sequence.ReadTime(0);
        var microseconds = sequence.ReadOptionalMicroseconds(1);
        sequence.End();
        return new PaEncTimestamp(time.WithMicroseconds(microseconds ?? 0));
    }

    public byte[] Encode() => DerWriter.Encode(writer =>
    {
        using (writer.PushSequence())
        {
            writer.Time(0, Time);
            writer.Int32(1, Time.Microseconds);
        }
    });
}
