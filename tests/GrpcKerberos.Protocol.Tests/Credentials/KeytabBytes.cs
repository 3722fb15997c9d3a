using System.Buffers.Binary;

namespace GrpcKerberos.Protocol.Tests.Credentials;

/// <summary>Keytabs built octet by octet, by other code than the one under test.</summary>
internal sealed class KeytabBytes(bool littleEndian = false)
{
    public static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];

    private readonly List<byte> _file = [5, littleEndian ? (byte)1 : (byte)2];

    public byte[] ToArray() => [.. _file];

    public KeytabBytes Record(byte[] entry, int? length = null)
    {
        _file.AddRange(Int32(length ?? entry.Length));
        _file.AddRange(entry);
        return this;
    }

    public KeytabBytes Hole(int octets) => Record(new byte[octets], -octets);

    public KeytabBytes Raw(params byte[] octets)
    {
        _file.AddRange(octets);
        return this;
    }

    /// <summary>svc/x@R with the aes256-cts-hmac-sha1-96 key; each field may be made to lie.</summary>
    public byte[] Entry(
        byte kvno8 = 7, uint? kvno32 = null, int? components = null, int? realmLength = null, int? keyLength = null, int type = 18, byte[]? key = null, byte[]? name = null)
    {
        key ??= Key;
        name ??= "svc"u8.ToArray();
        List<byte> entry = [.. Int16(components ?? (littleEndian ? 3 : 2))];
        entry.AddRange([.. Int16(realmLength ?? 1), (byte)'R', .. Int16(name.Length), .. name, .. Int16(1), (byte)'x']);
        if (!littleEndian) entry.AddRange(Int32(2));
        entry.AddRange([.. Int32(1_000_000), kvno8, .. Int16(type), .. Int16(keyLength ?? key.Length), .. key]);
        if (kvno32 is { } wide) entry.AddRange(Int32(unchecked((int)wide)));
        return [.. entry];
    }

    private byte[] Int16(int value)
    {
        var octets = new byte[2];
        if (littleEndian) BinaryPrimitives.WriteInt16LittleEndian(octets, unchecked((short)value));
        else BinaryPrimitives.WriteInt16BigEndian(octets, unchecked((short)value));
        return octets;
    }

    private byte[] Int32(int value)
    {
        var octets = new byte[4];
        if (littleEndian) BinaryPrimitives.WriteInt32LittleEndian(octets, value);
        else BinaryPrimitives.WriteInt32BigEndian(octets, value);
        return octets;
    }
}
