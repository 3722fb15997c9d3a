namespace GrpcKerberos.Protocol.Messages;

/// <summary>The tree that the names of realms make (RFC 4120 section 6.1): <c>A.EXAMPLE</c> is below <c>EXAMPLE</c>, <c>/COM/HP</c> below <c>/COM</c>.</summary>
internal static class RealmHierarchy
{
    /// <summary>No honest name comes near this; a longer one belongs to no tree.</summary>
    private const int MaxDepth = 32;

    /// <summary>Nor this, a domain's; each name above a longer one is nearly as long.</summary>
    private const int MaxLength = TransitedRealms.MaxNameLength;

    /// <summary>
    /// The realms between two, up to the nearest one above both and down again (RFC 4120 section 1.2); empty where one is right above the other or they
    /// are the same; null where no realm is above both.
    /// </summary>
    public static IReadOnlyList<string>? Between(string from, string to)
    {
        var up = Chain(from);
        var down = Chain(to);
        for (var i = 0; i < up.Count; i++)
        {
            var j = down.IndexOf(up[i]);
            if (j < 0) continue;
            return [.. up.Take(i + 1).Skip(1).Where(r => r != to), .. down.Take(j).Skip(1).Reverse()];
        }

        return null;
    }

    /// <summary>A realm, the one above it, and so on; empty where there are too many, or they are too long.</summary>
    private static List<string> Chain(string realm)
    {
        var chain = new List<string>();
        if (realm.Length > MaxLength) return chain;
        var isX500 = realm.StartsWith('/');
        for (var above = realm; above.Length > 0; above = isX500 ? AboveX500(above) : AboveDomain(above))
        {
            chain.Add(above);
            if (chain.Count > MaxDepth) return [];
        }

        return chain;
    }

    private static string AboveDomain(string realm)
    {
        var dot = realm.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? "" : realm[(dot + 1)..];
    }

    private static string AboveX500(string realm) => realm[..realm.LastIndexOf('/')];
}
