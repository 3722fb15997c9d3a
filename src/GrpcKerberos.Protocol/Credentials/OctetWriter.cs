using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Builds a keytab or ccache, big-endian. Its own buffers are cleared as they are left, since they hold keys.</summary>
internal sealed class OctetWriter
{
    private byte[] _buffer = new byte[1024];
    private int _length;

    public void Octet(byte value) => Claim(1)[0] = value;

    public void UInt16(int value) => BinaryPrimitives.WriteUInt16BigEndian(Claim(sizeof(ushort)), checked((ushort)value));

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Claim(sizeof(uint)), value);

    public void Octets(ReadOnlySpan<byte> value) => value.CopyTo(Claim(value.Length));

    /// <summary>A string of a keytab: 16 bits of length.</summary>
    public void ShortText(string value)
    {
        UInt16(Encoding.UTF8.GetByteCount(value));
        Text(value);
    }

    /// <summary>A string of a ccache: 32 bits of length.</summary>
    public void LongText(string value)
    {
        UInt32((uint)Encoding.UTF8.GetByteCount(value));
        Text(value);
    }

    public void LongOctets(ReadOnlySpan<byte> value)
    {
        UInt32((uint)value.Length);
        Octets(value);
    }

    /// <summary>32 bits of length, then what <paramref name="write"/> writes.</summary>
    public void Measured(Action<OctetWriter> write)
    {
        var start = _length;
        UInt32(0);
        write(this);
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(start), _length - start - sizeof(uint));
    }

    public byte[] Finish()
    {
        var file = _buffer[.._length];
        CryptographicOperations.ZeroMemory(_buffer);
        _length = 0;
        return file;
    }

    private void Text(string value) => Encoding.UTF8.GetBytes(value, Claim(Encoding.UTF8.GetByteCount(value)));

    private Span<byte> Claim(int count)
    {
        if (_buffer.Length - _length < count)
        {
            var larger = new byte[Math.Max(_buffer.Length * 2, _length + count)];
            _buffer.AsSpan(0, _length).CopyTo(larger);
            CryptographicOperations.ZeroMemory(_buffer);
            _buffer = larger;
        }

        _length += count;
        return _buffer.AsSpan(_length - count, count);
    }
}
