using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc.Srv;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>The KDCs of a realm by DNS: <c>_kerberos._tcp.REALM</c> and <c>_kerberos._udp.REALM</c> (RFC 4120 section 7.2.3).</summary>
/// <remarks>A forged answer leads to a host that has none of the realm's keys: it can delay a login and do no more.</remarks>
internal sealed class DnsKdcs(SrvResolver resolver)
{
    /// <summary>All of them share one time-out: the first few of a domain of hundreds do.</summary>
    private const int MaxKdcs = 8;

    /// <summary>In the order to try them; none where DNS has none, or <paramref name="realm"/> is no name of DNS.</summary>
    /// <exception cref="SrvLookupException">No name server gave an answer.</exception>
    public async ValueTask<IReadOnlyList<KdcAddress>> FindAsync(string realm, CancellationToken cancellationToken)
    {
        if (SrvQuery.Of(NameOf("_tcp", realm)) is not { } tcp || SrvQuery.Of(NameOf("_udp", realm)) is not { } udp) return [];
        var byTcp = TryAsync(tcp, cancellationToken);
        var byUdp = TryAsync(udp, cancellationToken);
        var (first, second) = (await byTcp.ConfigureAwait(false), await byUdp.ConfigureAwait(false));
        IReadOnlyList<KdcAddress> found = [.. Kdcs(first.Answer).Concat(Kdcs(second.Answer)).Distinct().Take(MaxKdcs)];
        return found.Count > 0 || (first.Failure ?? second.Failure) is not { } failure ? found : throw failure;
    }

    /// <summary><c>_kerberos._tcp.CORP.EXAMPLE</c>.</summary>
    public static string NameOf(string protocol, string realm) => $"_kerberos.{protocol}.{realm}";

    private static IEnumerable<KdcAddress> Kdcs(SrvAnswer? answer)
    {
        // Port 0 and the target "." say that the service is not to be had (RFC 2782); a target that is no host name cannot be one either.
        var usable = answer?.Records.Where(static r => r.Port != 0 && Uri.CheckHostName(r.Target) == UriHostNameType.Dns) ?? [];
        return SrvOrder.Of(usable).Select(static r => new KdcAddress(r.Target, r.Port));
    }

    private async Task<(SrvAnswer? Answer, SrvLookupException? Failure)> TryAsync(SrvQuery query, CancellationToken cancellationToken)
    {
        try
        {
            return (await resolver.LookUpAsync(query, cancellationToken).ConfigureAwait(false), null);
        }
        catch (SrvLookupException e)
        {
            return (null, e);
        }
    }
}
