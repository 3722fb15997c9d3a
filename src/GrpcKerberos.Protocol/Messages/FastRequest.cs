namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// The request inside the armour, which a KDC heeds in place of the one outside.
/// <code>
/// KrbFastReq ::= SEQUENCE {                          -- RFC 6113 section 5.4.2
///     fast-options [0] FastOptions,                  -- none asked for
///     padata       [1] SEQUENCE OF PA-DATA,
///     req-body     [2] KDC-REQ-BODY }
/// </code>
/// </summary>
internal sealed record FastRequest(uint Options, IReadOnlyList<PreAuthData> PreAuthData, KdcReqBody Body)
{
    public static FastRequest Decode(ReadOnlyMemory<byte> encoded)
    {
        var outer = new DerReader(encoded);
        var sequence = outer.Sequence();
        outer.End();
        var options = sequence.ReadFlags(0);
        var preAuth = sequence.ReadList(1, Messages.PreAuthData.Decode);
        var field = sequence.Field(2);
        var body = KdcReqBody.Decode(field.Element());
        field.End();
        sequence.End();
        return new FastRequest(options, preAuth, body);
    }

    public byte[] Encode() => DerWriter.Encode(writer =>
    {
        using (writer.PushSequence())
        {
            writer.Flags(0, Options);
            writer.Sequence(1, PreAuthData, Messages.PreAuthData.Write);
            using (writer.Field(2)) writer.WriteEncodedValue(Body.Encode());
        }
    });
}
