namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// What a reply or an error holds inside the armour.
/// <code>
/// KrbFastResponse ::= SEQUENCE {                     -- RFC 6113 section 5.4.3
///     padata         [0] SEQUENCE OF PA-DATA,
///     strengthen-key [1] EncryptionKey OPTIONAL,     -- goes into the reply key
///     finished       [2] KrbFastFinished OPTIONAL,   -- in an AS-REP or TGS-REP
///     nonce          [3] UInt32 }
/// </code>
/// </summary>
internal sealed record FastResponse(
    IReadOnlyList<PreAuthData> PreAuthData, uint Nonce, EncryptionKey? StrengthenKey = null, FastFinished? Finished = null)
{
    public static FastResponse Decode(ReadOnlyMemory<byte> encoded)
    {
        var outer = new DerReader(encoded);
        var sequence = outer.Sequence();
        outer.End();
        var preAuth = sequence.ReadList(0, Messages.PreAuthData.Decode);
        var strengthen = sequence.TryField(1, out var field) ? EncryptionKey.Decode(field) : null;
        var finished = sequence.TryField(2, out field) ? FastFinished.Decode(field) : null;
        var nonce = sequence.ReadUInt32(3);
        sequence.End();
        return new FastResponse(preAuth, nonce, strengthen, finished);
    }

    public byte[] Encode() => DerWriter.Encode(writer =>
    {
        using (writer.PushSequence())
        {
            writer.Sequence(0, PreAuthData, Messages.PreAuthData.Write);
            StrengthenKey?.EncodeTo(writer, 1);
            Finished?.EncodeTo(writer, 2);
            writer.UInt32(3, Nonce);
        }
    });
}
