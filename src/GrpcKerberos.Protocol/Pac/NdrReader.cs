using System.Buffers.Binary;

namespace GrpcKerberos.Protocol.Pac;

/// <summary>
/// Walks one marshaled structure: NDR, little-endian, under type serialization version 1 (MS-RPCE 2.2.6).
/// <code>
/// Version u8 = 1, Endianness u8 = 0x10, CommonHeaderLength u16 = 8, Filler u32, ObjectBufferLength u32, Filler u32,
/// then the referent of the top pointer, and what it points to
/// </code>
/// </summary>
/// <remarks>Each count is held against what is left before anything is allocated for it. Pointers are unique: what they point to stands in the order of the pointers.</remarks>
internal ref struct NdrReader
{
    private const int HeaderLength = 16;
    private const byte LittleEndian = 0x10;

    private readonly ReadOnlySpan<byte> _stream;
    private int _position;

    private NdrReader(ReadOnlySpan<byte> stream) => _stream = stream;

    private readonly int Left => _stream.Length - _position;

    /// <summary>A reader at the start of the structure.</summary>
    /// <exception cref="PacException">The headers are not right, or the top pointer points to nothing.</exception>
    public static NdrReader Open(ReadOnlySpan<byte> element)
    {
        if (element.Length < HeaderLength || element[0] != 1 || element[1] != LittleEndian || BinaryPrimitives.ReadUInt16LittleEndian(element[2..]) != 8)
            throw PacException.Malformed("an NDR header is malformed");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(element[8..]);
        if (length > (uint)(element.Length - HeaderLength)) throw PacException.Malformed("an NDR object is longer than its element");
        var reader = new NdrReader(element.Slice(HeaderLength, (int)length));
        return reader.Pointer() ? reader : throw PacException.Malformed("an NDR object is absent");
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Octets(sizeof(ushort)));

    public uint UInt32()
    {
        Align();
        return BinaryPrimitives.ReadUInt32LittleEndian(Octets(sizeof(uint)));
    }

    /// <summary>Whether a pointer points to something.</summary>
    public bool Pointer() => UInt32() != 0;

    public void Skip(int count) => Octets(count);

    /// <summary>The maximum count of a conformant array that should have so many elements.</summary>
    /// <param name="expected">The count beside the pointer.</param>
    /// <param name="size">Octets an element has at least.</param>
    public int Count(uint expected, int size)
    {
        var count = UInt32();
        if (count != expected) throw PacException.Malformed("an NDR array has two counts");
        if (count > (uint)(Left / size)) throw PacException.Malformed("an NDR array is longer than its object");
        return (int)count;
    }

    /// <summary>The octets of a conformant array of structures without pointers.</summary>
    /// <param name="expected">The count beside the pointer.</param>
    /// <param name="size">Octets of an element, a multiple of 4.</param>
    public ReadOnlySpan<byte> Elements(uint expected, int size) => Octets(Count(expected, size) * size);

    public NdrString String() => new(UInt16(), UInt16(), Pointer());

    /// <summary>The UTF-16 octets of a string whose header was read before: maximum count, offset, actual count, characters.</summary>
    public ReadOnlySpan<byte> Characters(in NdrString header)
    {
        if (!header.IsPresent) return header.Length == 0 ? default : throw PacException.Malformed("an NDR string is absent and has a length");
        var (most, offset, actual) = (UInt32(), UInt32(), UInt32());
        if (offset != 0 || actual > most || header.Length % 2 != 0 || actual != header.Length / 2u) throw PacException.Malformed("an NDR string contradicts itself");
        return Octets(header.Length);
    }

    /// <summary>An RPC_SID: maximum count, then the packet form.</summary>
    public Sid Sid()
    {
        var count = UInt32();
        if (count > Pac.Sid.MaxSubAuthorities) throw PacException.Malformed("a SID is too long");
        var octets = Octets(8 + ((int)count * sizeof(uint)));
        return octets[1] == count ? Pac.Sid.Read(octets) : throw PacException.Malformed("a SID has two counts");
    }

    private void Align() => Skip(-_position & 3);

    private ReadOnlySpan<byte> Octets(int count)
    {
        if (count > Left) throw PacException.Malformed("an NDR object is truncated");
        var octets = _stream.Slice(_position, count);
        _position += count;
        return octets;
    }
}
