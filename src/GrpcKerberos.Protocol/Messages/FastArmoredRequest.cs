namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// The value of PA-FX-FAST in a request.
/// <code>
/// PA-FX-FAST-REQUEST ::= CHOICE {                    -- RFC 6113 section 5.4.2
///     armored-data [0] KrbFastArmoredReq }
/// KrbFastArmoredReq ::= SEQUENCE {
///     armor        [0] KrbFastArmor OPTIONAL,        -- always there in an AS-REQ
///     req-checksum [1] Checksum,                     -- of the KDC-REQ-BODY outside, usage 50
///     enc-fast-req [2] EncryptedData }               -- KrbFastReq, usage 51
/// KrbFastArmor ::= SEQUENCE {
///     armor-type   [0] Int32,
///     armor-value  [1] OCTET STRING }
/// </code>
/// </summary>
/// <param name="ArmorType">How the armour key is come by.</param>
/// <param name="Armor">For <see cref="ApRequest"/> an AP-REQ.</param>
/// <param name="BodyChecksum">Ties the body outside to this.</param>
/// <param name="EncFastRequest">The request inside.</param>
internal sealed record FastArmoredRequest(int ArmorType, ReadOnlyMemory<byte> Armor, Checksum BodyChecksum, EncryptedData EncFastRequest)
{
    /// <summary>FX_FAST_ARMOR_AP_REQUEST, the one armour there is.</summary>
    public const int ApRequest = 1;

    public static FastArmoredRequest Decode(ReadOnlyMemory<byte> encoded)
    {
        var outer = new DerReader(encoded);
        var choice = outer.Field(0);
        outer.End();
        var sequence = choice.Sequence();
        choice.End();
        var field = sequence.Field(0);
        var armor = field.Sequence();
        field.End();
        var type = armor.ReadInt32(0);
        var value = armor.ReadOctetString(1);
        armor.End();
        var checksum = Checksum.Decode(sequence.Field(1));
        var sealedRequest = EncryptedData.Decode(sequence.Field(2));
        sequence.End();
        return new FastArmoredRequest(type, value, checksum, sealedRequest);
    }

    public byte[] Encode() => DerWriter.Encode(writer =>
    {
        using (writer.Field(0))
        using (writer.PushSequence())
        {
            using (writer.Field(0))
            using (writer.PushSequence())
            {
                writer.Int32(0, ArmorType);
                writer.OctetString(1, Armor.Span);
            }

            BodyChecksum.EncodeTo(writer, 1);
            EncFastRequest.EncodeTo(writer, 2);
        }
    });
}
