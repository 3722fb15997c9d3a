namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// The value of PA-FX-FAST in a reply or an error.
/// <code>
/// PA-FX-FAST-REPLY ::= CHOICE {                      -- RFC 6113 section 5.4.3
///     armored-data [0] KrbFastArmoredRep }
/// KrbFastArmoredRep ::= SEQUENCE {
///     enc-fast-rep [0] EncryptedData }               -- KrbFastResponse, usage 52
/// </code>
/// </summary>
internal sealed record FastArmoredReply(EncryptedData EncFastResponse)
{
    public static FastArmoredReply Decode(ReadOnlyMemory<byte> encoded)
    {
        var outer = new DerReader(encoded);
        var choice = outer.Field(0);
        outer.End();
        var sequence = choice.Sequence();
        choice.End();
        var sealedResponse = EncryptedData.Decode(sequence.Field(0));
        sequence.End();
        return new FastArmoredReply(sealedResponse);
    }

    public byte[] Encode() => DerWriter.Encode(writer =>
    {
        using (writer.Field(0))
        using (writer.PushSequence())
        {
            EncFastResponse.EncodeTo(writer, 0);
        }
    });
}
