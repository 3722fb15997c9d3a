using System.Buffers.Binary;
using System.Text;

namespace GrpcKerberos.Testing.Tickets;

/// <summary>Marshals one structure of a PAC as a Windows KDC does: NDR, little-endian, under type serialization version 1 (MS-RPCE 2.2.6).</summary>
internal sealed class NdrWriter
{
    private readonly List<byte> _stream = [];
    private uint _referent = 0x20000;

    public NdrWriter() => Pointer();

    public NdrWriter UInt16(int value)
    {
        Span<byte> octets = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(octets, (ushort)value);
        _stream.AddRange(octets);
        return this;
    }

    public NdrWriter UInt32(uint value)
    {
        while (_stream.Count % sizeof(uint) != 0) _stream.Add(0);
        Span<byte> octets = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(octets, value);
        _stream.AddRange(octets);
        return this;
    }

    public NdrWriter Zeros(int count)
    {
        _stream.AddRange(new byte[count]);
        return this;
    }

    public NdrWriter Pointer(bool isPresent = true)
    {
        UInt32(isPresent ? _referent : 0);
        _referent += 4;
        return this;
    }

    /// <summary>RPC_UNICODE_STRING; <see cref="Characters"/> come when its turn is.</summary>
    public NdrWriter String(string text) => UInt16(text.Length * 2).UInt16(text.Length * 2).Pointer();

    public NdrWriter Characters(string text)
    {
        UInt32((uint)text.Length).UInt32(0).UInt32((uint)text.Length);
        _stream.AddRange(Encoding.Unicode.GetBytes(text));
        return this;
    }

    /// <summary>RPC_SID: its count, then its octets.</summary>
    public NdrWriter Sid(ReadOnlySpan<byte> sid)
    {
        UInt32(sid[1]);
        _stream.AddRange(sid);
        return this;
    }

    public byte[] ToArray()
    {
        while (_stream.Count % 8 != 0) _stream.Add(0);
        var element = new byte[16 + _stream.Count];
        (element[0], element[1], element[2]) = (1, 0x10, 8);
        element.AsSpan(4, 4).Fill(0xCC);
        BinaryPrimitives.WriteInt32LittleEndian(element.AsSpan(8), _stream.Count);
        _stream.CopyTo(element, 16);
        return element;
    }
}
