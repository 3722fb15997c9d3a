using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace GrpcKerberos.Protocol;

/// <summary>What must not come twice: an authenticator, by its whole MAC: 12, 16 or 24 octets.</summary>
/// <remarks>Nothing in it travels unprotected: a name in the key could be changed on the way to an alias of the same service key, and the replay would pass.</remarks>
public readonly struct ReplayKey : IEquatable<ReplayKey>
{
    private const int MaxLength = 24;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly byte _length;

    internal ReplayKey(ReadOnlySpan<byte> mac)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mac.Length, MaxLength);
        Span<byte> padded = stackalloc byte[MaxLength];
        mac.CopyTo(padded);
        _first = BinaryPrimitives.ReadUInt64BigEndian(padded);
        _second = BinaryPrimitives.ReadUInt64BigEndian(padded[8..]);
        _third = BinaryPrimitives.ReadUInt64BigEndian(padded[16..]);
        _length = (byte)mac.Length;
    }

    /// <summary>Equality of the whole key.</summary>
    public static bool operator ==(ReplayKey left, ReplayKey right) => left.Equals(right);

    /// <summary>Inequality of the whole key.</summary>
    public static bool operator !=(ReplayKey left, ReplayKey right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(ReplayKey other) => _first == other._first && _second == other._second && _third == other._third && _length == other._length;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is ReplayKey other && Equals(other);

    /// <summary>A MAC is random already; HashCode adds a seed of the process, so that nobody can aim at one bucket.</summary>
    public override int GetHashCode() => HashCode.Combine(_first, _second, _third);

    /// <summary>24 to 48 lower-case hexadecimal digits: fits a Redis key. A MAC of a used authenticator opens nothing.</summary>
    public override string ToString()
    {
        var digits = _first.ToString("x16", CultureInfo.InvariantCulture) + _second.ToString("x16", CultureInfo.InvariantCulture)
            + _third.ToString("x16", CultureInfo.InvariantCulture);
        return digits[..(2 * _length)];
    }
}
