using System.Buffers.Binary;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>Writes parts one after the other, each behind its length where it has one; lengths are big-endian.</summary>
internal ref struct FrameWriter(Span<byte> target)
{
    private Span<byte> _rest = target;

    /// <summary>Room for a part of known length.</summary>
    public Span<byte> Take(int length)
    {
        var part = _rest[..length];
        _rest = _rest[length..];
        return part;
    }

    /// <summary>Room for a part behind a length of 8 bits.</summary>
    public Span<byte> Take8(int length)
    {
        Take(1)[0] = checked((byte)length);
        return Take(length);
    }

    /// <summary>Room for a part behind a length of 16 bits.</summary>
    public Span<byte> Take16(int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Take(2), checked((ushort)length));
        return Take(length);
    }

    public void Put(ReadOnlySpan<byte> part) => part.CopyTo(Take(part.Length));

    public void Put8(ReadOnlySpan<byte> part) => part.CopyTo(Take8(part.Length));

    public void Put16(ReadOnlySpan<byte> part) => part.CopyTo(Take16(part.Length));

    public void Put32(ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Take(4), (uint)part.Length);
        Put(part);
    }

    public void PutInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(8), value);
}
