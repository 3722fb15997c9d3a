using System.Buffers.Binary;
using System.Text;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Walks a keytab or ccache. Each length is held against what is left before anything is allocated for it.</summary>
internal ref struct OctetReader(ReadOnlySpan<byte> file, bool littleEndian = false)
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _file = file;
    private readonly bool _littleEndian = littleEndian;

    /// <summary>Octets from the start of the file, in a part of it too.</summary>
    public int Position { get; private set; }

    public readonly int Left => _file.Length - Position;

    public readonly bool HasData => Left > 0;

    /// <summary>A reader over the next octets alone; this one goes on behind them.</summary>
    public OctetReader Part(long length, string what)
    {
        var start = Position;
        Octets(length, what);
        return new OctetReader(_file[..Position], _littleEndian) { Position = start };
    }

    public ReadOnlySpan<byte> Octets(long length, string what)
    {
        if (length < 0 || length > Left) throw new DamagedFileException(Position, $"{what} should have {length} octets, {Left} are left");
        var octets = _file.Slice(Position, (int)length);
        Position += (int)length;
        return octets;
    }

    public byte Octet(string what) => Octets(1, what)[0];

    public ushort UInt16(string what)
    {
        var octets = Octets(sizeof(ushort), what);
        return _littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(octets) : BinaryPrimitives.ReadUInt16BigEndian(octets);
    }

    public uint UInt32(string what)
    {
        var octets = Octets(sizeof(uint), what);
        return _littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(octets) : BinaryPrimitives.ReadUInt32BigEndian(octets);
    }

    public int Int32(string what) => unchecked((int)UInt32(what));

    public string Text(long length, string what)
    {
        var start = Position;
        try
        {
            return s_utf8.GetString(Octets(length, what));
        }
        catch (DecoderFallbackException e)
        {
            throw new DamagedFileException(start, $"{what} is not UTF-8", e);
        }
    }
}
