using System.Formats.Asn1;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// A key as it stands in a message; Crypto makes a usable one of it.
/// <code>
/// EncryptionKey ::= SEQUENCE {          -- RFC 4120 section 5.2.9
///     keytype  [0] Int32,
///     keyvalue [1] OCTET STRING }
/// </code>
/// </summary>
internal sealed class EncryptionKey(EncryptionType type, ReadOnlyMemory<byte> value)
{
    public EncryptionType Type { get; } = type;

    public ReadOnlyMemory<byte> Value { get; } = value;

    public static EncryptionKey Decode(DerReader field)
    {
        var sequence = field.Sequence();
        field.End();
        var type = sequence.ReadInt32(0);
        var value = sequence.ReadOctetString(1);
        sequence.End();
        return new EncryptionKey((EncryptionType)type, value);
    }

    public void EncodeTo(AsnWriter writer, int tag)
    {
        using (writer.Field(tag))
        using (writer.PushSequence())
        {
            writer.Int32(0, (int)Type);
            writer.OctetString(1, Value.Span);
        }
    }

    /// <summary>The type alone: a key never reaches a log.</summary>
    public override string ToString() => Type.ToString();
}
