using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>The octets of a MIC token, kept by value: every call has two, and neither is worth an array.</summary>
internal readonly struct Mic
{
    /// <summary>A header of 16 octets and the longest MAC in use, that of aes256-cts-hmac-sha384-192.</summary>
    public const int MaxLength = MicToken.HeaderLength + 24;

    private readonly Octets _octets;
    private readonly byte _length;

    /// <param name="token">At most <see cref="MaxLength"/> octets.</param>
    public Mic(ReadOnlySpan<byte> token)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(token.Length, MaxLength);
        token.CopyTo(_octets);
        _length = (byte)token.Length;
    }

    public bool IsEmpty => _length == 0;

    [UnscopedRef]
    public ReadOnlySpan<byte> Span => ((ReadOnlySpan<byte>)_octets)[.._length];

    public byte[] ToArray() => Span.ToArray();

    public override string ToString() => $"{_length} octets";

    [InlineArray(MaxLength)]
    private struct Octets
    {
        private byte _first;
    }
}
