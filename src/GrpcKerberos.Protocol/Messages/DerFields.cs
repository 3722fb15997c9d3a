namespace GrpcKerberos.Protocol.Messages;

/// <summary>Fields that hold exactly one simple value: <c>[tag] EXPLICIT value</c>, with nothing behind it.</summary>
internal static class DerFields
{
    public static int ReadInt32(ref this DerReader sequence, int tag)
    {
        var field = sequence.Field(tag);
        var value = field.Int32();
        field.End();
        return value;
    }

    public static uint ReadUInt32(ref this DerReader sequence, int tag)
    {
        var field = sequence.Field(tag);
        var value = field.UInt32();
        field.End();
        return value;
    }

    public static uint? ReadOptionalUInt32(ref this DerReader sequence, int tag)
    {
        if (!sequence.TryField(tag, out var field)) return null;
        var value = field.UInt32();
        field.End();
        return value;
    }

    public static int ReadMicroseconds(ref this DerReader sequence, int tag)
    {
        var field = sequence.Field(tag);
        var value = field.Microseconds();
        field.End();
        return value;
    }

    public static int? ReadOptionalMicroseconds(ref this DerReader sequence, int tag)
    {
        if (!sequence.TryField(tag, out var field)) return null;
        var value = field.Microseconds();
        field.End();
        return value;
    }

    public static uint ReadFlags(ref this DerReader sequence, int tag)
    {
        var field = sequence.Field(tag);
        var value = field.Flags();
        field.End();
        return value;
    }

    public static ReadOnlyMemory<byte> ReadOctetString(ref this DerReader sequence, int tag)
    {
        var field = sequence.Field(tag);
        var value = field.OctetString();
        field.End();
        return value;
    }

    public static ReadOnlyMemory<byte>? ReadOptionalOctetString(ref this DerReader sequence, int tag)
    {
        if (!sequence.TryField(tag, out var field)) return null;
        var value = field.OctetString();
        field.End();
        return value;
    }

    public static string ReadKerberosString(ref this DerReader sequence, int tag)
    {
        var field = sequence.Field(tag);
        var value = field.KerberosString();
        field.End();
        return value;
    }

    public static string? ReadOptionalKerberosString(ref this DerReader sequence, int tag)
    {
        if (!sequence.TryField(tag, out var field)) return null;
        var value = field.KerberosString();
        field.End();
        return value;
    }

    public static KerberosTime ReadTime(ref this DerReader sequence, int tag)
    {
        var field = sequence.Field(tag);
        var value = field.Time();
        field.End();
        return value;
    }

    public static KerberosTime? ReadOptionalTime(ref this DerReader sequence, int tag)
    {
        if (!sequence.TryField(tag, out var field)) return null;
        var value = field.Time();
        field.End();
        return value;
    }

    /// <summary><c>[tag] SEQUENCE OF T</c>: each element is handed over as a reader that holds that element alone.</summary>
    public static List<T> ReadList<T>(ref this DerReader sequence, int tag, Func<DerReader, T> decode)
    {
        var field = sequence.Field(tag);
        return DecodeList(field, decode);
    }

    public static List<T>? ReadOptionalList<T>(ref this DerReader sequence, int tag, Func<DerReader, T> decode) =>
        sequence.TryField(tag, out var field) ? DecodeList(field, decode) : null;

    public static List<T> DecodeList<T>(DerReader field, Func<DerReader, T> decode)
    {
        var elements = field.Sequence();
        field.End();
        var list = new List<T>();
        while (elements.HasData) list.Add(decode(new DerReader(elements.Element())));
        return list;
    }
}
