using System.Collections.Concurrent;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>The KDC of each realm that answered last: asked first, so that one dead KDC does not slow down every exchange.</summary>
internal sealed class AnsweringKdcs
{
    /// <summary>Names of realms come from referrals too, and what is forgotten costs a wait at most.</summary>
    public const int MostRealms = 256;

    private readonly ConcurrentDictionary<string, KdcAddress> _last = new(StringComparer.Ordinal);

    public int Count => _last.Count;

    public void Answered(string realm, KdcAddress kdc)
    {
        if (!_last.ContainsKey(realm) && _last.Count >= MostRealms) _last.Clear();
        _last[realm] = kdc;
    }

    /// <summary>The KDCs of a realm in the order to ask them.</summary>
    public IReadOnlyList<KdcAddress> Order(string realm, IReadOnlyList<KdcAddress> kdcs) =>
        _last.TryGetValue(realm, out var first) && kdcs.Contains(first) ? [first, .. kdcs.Where(k => k != first)] : kdcs;
}
