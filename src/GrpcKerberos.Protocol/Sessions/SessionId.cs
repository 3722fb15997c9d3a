using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using GrpcKerberos.Protocol.Crypto;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>
/// The 16 octets that name a session: the first of PRF(K, "grpc-kerberos-1 session" ‖ 00 ‖ the Ticket's DER as sent).
/// </summary>
/// <remarks>One id is one key and one ticket, so nobody who holds K can bring another ticket's principal into the session.</remarks>
internal readonly struct SessionId : IEquatable<SessionId>
{
    public const int Length = 16;

    /// <summary>Room on the stack for a ticket without a PAC; a longer one, which travels in plain sight, borrows an array.</summary>
    private const int StackLimit = 1024;

    private readonly UInt128 _value;

    private SessionId(UInt128 value) => _value = value;

    private static ReadOnlySpan<byte> Label => "grpc-kerberos-1 session\0"u8;

    public static SessionId Derive(Subkey key, ReadOnlySpan<byte> encodedTicket)
    {
        var length = Label.Length + encodedTicket.Length;
        var borrowed = length <= StackLimit ? null : ArrayPool<byte>.Shared.Rent(length);
        Span<byte> input = borrowed ?? stackalloc byte[StackLimit];
        Label.CopyTo(input);
        encodedTicket.CopyTo(input[Label.Length..]);
        Span<byte> id = stackalloc byte[Length];
        key.Prf(input[..length], id);
        if (borrowed is not null) ArrayPool<byte>.Shared.Return(borrowed);
        return Read(id);
    }

    public static bool TryRead(ReadOnlySpan<byte> octets, out SessionId id)
    {
        id = octets.Length == Length ? Read(octets) : default;
        return octets.Length == Length;
    }

    public byte[] ToArray()
    {
        var octets = new byte[Length];
        CopyTo(octets);
        return octets;
    }

    public void CopyTo(Span<byte> destination) => System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination, _value);

    /// <summary>Fixed time, though an id is no secret: it costs nothing and keeps one rule for all compares of derived octets.</summary>
    public bool Equals(SessionId other) => CryptographicOperations.FixedTimeEquals(
        MemoryMarshal.AsBytes(new ReadOnlySpan<UInt128>(in _value)), MemoryMarshal.AsBytes(new ReadOnlySpan<UInt128>(in other._value)));

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is SessionId other && Equals(other);

    public override int GetHashCode() => _value.GetHashCode();

    /// <summary>The first four octets: enough to find a session in a log, too little to name it on the wire.</summary>
    public override string ToString() => ((uint)(_value >> 96)).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);

    private static SessionId Read(ReadOnlySpan<byte> octets) => new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(octets));
}
