using System.Buffers.Binary;

namespace GrpcKerberos.Protocol.Pac;

/// <summary>A security identifier: an account or a group (MS-DTYP 2.4.2). The default is none.</summary>
internal readonly record struct Sid(SidPrefix Prefix, uint RelativeId)
{
    public const int MaxSubAuthorities = 15;

    private const byte Revision = 1;
    private const int HeaderLength = 8;

    public bool IsNone => Prefix is null;

    /// <summary>A group or an account of the domain this SID is of.</summary>
    public static Sid InDomain(SidPrefix domain, uint relativeId) => new(domain, relativeId);

    /// <summary>Reads <c>S-1-5-21-…</c> as <see cref="ToString"/> writes it and in no other way, so that equal texts and equal SIDs are the same.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Sid sid)
    {
        sid = default;
        Span<uint> parts = stackalloc uint[MaxSubAuthorities];
        return SidText.TryRead(text, parts, out var authority, out var count) && TryMake(authority, parts[..count], out sid);
    }

    /// <summary>The packet form, of exactly these octets: revision, count, 48 bits of authority, sub-authorities.</summary>
    /// <exception cref="PacException">They are no SID.</exception>
    public static Sid Read(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < HeaderLength || octets[0] != Revision || octets[1] > MaxSubAuthorities || octets.Length != HeaderLength + (octets[1] * sizeof(uint)))
            throw PacException.Malformed("a SID is malformed");
        Span<uint> parts = stackalloc uint[octets[1]];
        for (var i = 0; i < parts.Length; i++) parts[i] = BinaryPrimitives.ReadUInt32LittleEndian(octets[(HeaderLength + (i * sizeof(uint)))..]);
        return TryMake(BinaryPrimitives.ReadUInt64BigEndian(octets) & 0xFFFF_FFFF_FFFF, parts, out var sid) ? sid : throw PacException.Malformed("a SID names nobody");
    }

    /// <summary>The SID as the domain of others.</summary>
    public SidPrefix AsDomain()
    {
        Span<uint> parts = stackalloc uint[MaxSubAuthorities];
        var own = Prefix.SubAuthorities;
        if (own.Length + 2 > MaxSubAuthorities) throw PacException.Malformed("a domain's SID is too long");
        own.CopyTo(parts);
        parts[own.Length] = RelativeId;
        return SidPrefix.Of(Prefix.Authority, parts[..(own.Length + 1)]);
    }

    public override string ToString() => IsNone ? "" : SidText.Format(Prefix.Authority, Prefix.SubAuthorities, RelativeId);

    private static bool TryMake(ulong authority, ReadOnlySpan<uint> parts, out Sid sid)
    {
        sid = parts.IsEmpty ? default : new Sid(SidPrefix.Of(authority, parts[..^1]), parts[^1]);
        return !sid.IsNone;
    }
}
