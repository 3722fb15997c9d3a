namespace GrpcKerberos.Protocol.Pac;

/// <summary>A SID without its last sub-authority: the domain that the relative identifiers of its accounts and groups go with.</summary>
/// <remarks>One object a domain, as far as the table reaches: a store of sessions holds the SIDs of few domains and of many accounts.</remarks>
internal sealed class SidPrefix : IEquatable<SidPrefix>
{
    private const int Places = 256;

    private static readonly SidPrefix?[] s_known = new SidPrefix?[Places];

    private readonly uint[] _subAuthorities;

    private SidPrefix(ulong authority, uint[] subAuthorities)
    {
        Authority = authority;
        _subAuthorities = subAuthorities;
    }

    /// <summary>48 bits.</summary>
    public ulong Authority { get; }

    public ReadOnlySpan<uint> SubAuthorities => _subAuthorities;

    public static SidPrefix Of(ulong authority, ReadOnlySpan<uint> subAuthorities)
    {
        ref var place = ref s_known[(uint)Hash(authority, subAuthorities) % Places];
        var known = Volatile.Read(ref place);
        if (known is not null && known.Is(authority, subAuthorities)) return known;
        var prefix = new SidPrefix(authority, subAuthorities.ToArray());
        Volatile.Write(ref place, prefix);
        return prefix;
    }

    public bool Equals(SidPrefix? other) => ReferenceEquals(this, other) || (other is not null && Is(other.Authority, other._subAuthorities));

    public override bool Equals(object? obj) => Equals(obj as SidPrefix);

    public override int GetHashCode() => Hash(Authority, _subAuthorities);

    private static int Hash(ulong authority, ReadOnlySpan<uint> subAuthorities)
    {
        var hash = default(HashCode);
        hash.Add(authority);
        foreach (var part in subAuthorities) hash.Add(part);
        return hash.ToHashCode();
    }

    private bool Is(ulong authority, ReadOnlySpan<uint> subAuthorities)
    {
        if (authority != Authority || subAuthorities.Length != _subAuthorities.Length) return false;
        for (var i = 0; i < subAuthorities.Length; i++)
        {
            if (subAuthorities[i] != _subAuthorities[i]) return false;
        }

        return true;
    }
}
