using System.Formats.Asn1;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// <code>
/// EncryptedData ::= SEQUENCE {          -- RFC 4120 section 5.2.9
///     etype  [0] Int32,
///     kvno   [1] UInt32 OPTIONAL,
///     cipher [2] OCTET STRING }
/// </code>
/// </summary>
internal sealed record EncryptedData(EncryptionType Type, uint? KeyVersion, ReadOnlyMemory<byte> Cipher)
{
    public static EncryptedData Decode(ReadOnlyMemory<byte> encoded) => Decode(new DerReader(encoded));

    public static EncryptedData Decode(DerReader field)
    {
        var sequence = field.Sequence();
        field.End();
        var type = sequence.ReadInt32(0);
        var kvno = sequence.ReadOptionalUInt32(1);
        var cipher = sequence.ReadOctetString(2);
        sequence.End();
        return new EncryptedData((EncryptionType)type, kvno, cipher);
    }

    public byte[] Encode() => DerWriter.Encode(WriteTo);

    public void EncodeTo(AsnWriter writer, int tag)
    {
        using (writer.Field(tag)) WriteTo(writer);
    }

    private void WriteTo(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.Int32(0, (int)Type);
            writer.UInt32(1, KeyVersion);
            writer.OctetString(2, Cipher.Span);
        }
    }
}
