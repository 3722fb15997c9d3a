using System.Formats.Asn1;
using System.Text;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>The Kerberos shapes AsnWriter does not know, so that a message's encoder reads like its ASN.1.</summary>
internal static class DerWriter
{
    /// <summary>A writer's buffer outlives the message it grew for up to this size, in octets.</summary>
    private const int LargestKept = 16 * 1024;

    [ThreadStatic]
    private static AsnWriter? t_spare;

    /// <summary>Writes one message; the writer's buffers are cleared, since some messages carry keys.</summary>
    public static byte[] Encode(Action<AsnWriter> write) => Encode(write, static (writer, write) => write(writer));

    /// <inheritdoc cref="Encode(Action{AsnWriter})"/>
    /// <param name="message">What is written, handed over so that the action need not hold it.</param>
    /// <param name="write">Writes it.</param>
    public static byte[] Encode<T>(T message, Action<AsnWriter, T> write)
    {
        // A message inside this one finds no spare and takes a writer of its own; one that fails is not used again.
        var writer = t_spare ?? new AsnWriter(AsnEncodingRules.DER);
        t_spare = null;
        write(writer, message);
        var encoded = writer.Encode();
        writer.Reset();
        if (encoded.Length <= LargestKept) t_spare = writer;
        return encoded;
    }

    public static AsnWriter.Scope Application(this AsnWriter writer, int tag) =>
        writer.PushSequence(new Asn1Tag(TagClass.Application, tag, isConstructed: true));

    public static AsnWriter.Scope Field(this AsnWriter writer, int tag) =>
        writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, tag, isConstructed: true));

    public static void Int32(this AsnWriter writer, int tag, int value)
    {
        using (writer.Field(tag)) writer.WriteInteger(value);
    }

    public static void UInt32(this AsnWriter writer, int tag, uint? value)
    {
        if (value is null) return;
        using (writer.Field(tag)) writer.WriteInteger((long)value);
    }

    public static void Flags(this AsnWriter writer, int tag, uint flags)
    {
        Span<byte> bits = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bits, flags);
        using (writer.Field(tag)) writer.WriteBitString(bits);
    }

    public static void OctetString(this AsnWriter writer, int tag, ReadOnlySpan<byte> value)
    {
        using (writer.Field(tag)) writer.WriteOctetString(value);
    }

    public static void Time(this AsnWriter writer, int tag, KerberosTime? time)
    {
        if (time is null) return;
        using (writer.Field(tag)) writer.WriteGeneralizedTime(time.Value.WholeSeconds, omitFractionalSeconds: true);
    }

    public static void KerberosString(this AsnWriter writer, int tag, string? value)
    {
        if (value is null) return;
        using (writer.Field(tag)) writer.WriteKerberosString(value);
    }

    /// <summary>AsnWriter writes no GeneralString, so its header is made here: tag, length, and where that is over 127 the length's own length.</summary>
    public static void WriteKerberosString(this AsnWriter writer, string value)
    {
        var content = Encoding.UTF8.GetByteCount(value);
        var lengthOctets = content switch { < 0x80 => 0, < 0x100 => 1, < 0x10000 => 2, < 0x1000000 => 3, _ => 4 };
        var header = 2 + lengthOctets;
        var element = header + content <= 256 ? stackalloc byte[header + content] : new byte[header + content];
        element[0] = (byte)UniversalTagNumber.GeneralString;
        element[1] = (byte)(lengthOctets == 0 ? content : 0x80 | lengthOctets);
        for (var i = 0; i < lengthOctets; i++) element[header - 1 - i] = (byte)(content >> (8 * i));
        Encoding.UTF8.GetBytes(value, element[header..]);
        writer.WriteEncodedValue(element);
    }

    public static void Sequence<T>(this AsnWriter writer, int tag, IReadOnlyList<T>? items, Action<AsnWriter, T> write)
    {
        if (items is null) return;
        using (writer.Field(tag))
        using (writer.PushSequence())
        {
            foreach (var item in items) write(writer, item);
        }
    }
}
