using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Asks the KDC of a ticket-granting ticket's realm: one TGS exchange.</summary>
internal delegate ValueTask<ServiceTicket> Ask(ServiceTicket grantingTicket, KerberosPrincipal service, CancellationToken cancellationToken);

/// <summary>
/// From the login's realm to the service's, by one ticket-granting ticket a realm (RFC 4120 section 1.2), and on to where KDCs refer to (RFC 6806 section 8).
/// </summary>
/// <remarks>
/// Every realm on the way is trusted to name the next, as MIT krb5 has it: a KDC that lies about where a service is could as well give a ticket whose key
/// it knows. Nobody on the wire can name a realm, since request and reply are both under the ticket's key; a refusal is nobody's word, and turns the walk to the
/// next candidate. A ticket for a realm that another one offered of itself is kept for no later walk: that realm has its own way. Where [capaths] has the way to the service's
/// realm, a KDC may shorten it and not leave it.
/// </remarks>
/// <param name="ask">One TGS exchange.</param>
/// <param name="capaths">[capaths].</param>
/// <param name="kept">Tickets of earlier walks, and of this one from now on.</param>
/// <param name="home">The login's ticket-granting ticket.</param>
/// <param name="clock">The KDC's time.</param>
internal sealed class RealmWalk(Ask ask, Capaths capaths, RealmTickets kept, ServiceTicket home, KdcClock clock)
{
    /// <summary>No honest way is longer; MIT krb5 follows as many referrals.</summary>
    public const int MaxHops = 10;

    private readonly List<string> _seen = [GrantedRealm(home)];

    /// <exception cref="KerberosException">A KDC refused; no way leads there, or it leads in a circle (<see cref="KerberosError.ServiceUnknown"/>).</exception>
    public async ValueTask<ServiceTicket> RunAsync(KerberosPrincipal service, CancellationToken cancellationToken)
    {
        var wanted = service;
        var at = home;
        while (true)
        {
            at = await ReachAsync(at, wanted.Realm, cancellationToken).ConfigureAwait(false);
            var answer = await ask(at, wanted, cancellationToken).ConfigureAwait(false);
            if (!IsReferral(answer.Service)) return answer;
            at = Enter(answer);
            wanted = new KerberosPrincipal(wanted.Name, GrantedRealm(at));
        }
    }

    /// <summary>A ticket-granting ticket for another realm than that of the KDC which gave it.</summary>
    public static bool IsReferral(KerberosPrincipal service) =>
        service.Components is ["krbtgt", { Length: > 0 } realm] && !realm.Any(char.IsControl) && !string.Equals(realm, service.Realm, StringComparison.Ordinal);

    /// <summary>The realm whose KDC takes a ticket-granting ticket.</summary>
    private static string GrantedRealm(ServiceTicket grantingTicket) => grantingTicket.Service.Components[^1];

    private async ValueTask<ServiceTicket> ReachAsync(ServiceTicket from, string realm, CancellationToken cancellationToken)
    {
        var at = from;
        while (GrantedRealm(at) is var here && here != realm)
        {
            var candidates = Candidates(here, realm);
            at = Enter(FindKept(candidates) ?? await StepAsync(at, realm, candidates, cancellationToken).ConfigureAwait(false));
        }

        // By the way to this very realm, which every later walk to it would take.
        if (!ReferenceEquals(at, from)) kept.Keep(home, realm, at);
        return at;
    }

    /// <summary>Whom to ask for: the realm wanted before all, then those on the way to it, from its end: two realms may well share a key nobody wrote down.</summary>
    private List<string> Candidates(string here, string realm)
    {
        var whole = RealmPath.Between(capaths, _seen[0], realm) ?? [];
        var at = whole.ToList().IndexOf(here);
        var rest = here == _seen[0] || at >= 0 ? whole.Skip(at + 1) : RealmPath.Between(capaths, here, realm) ?? [];
        return [realm, .. rest.Reverse().Where(r => !_seen.Contains(r)).Take(MaxHops)];
    }

    private ServiceTicket? FindKept(List<string> candidates)
    {
        foreach (var realm in candidates)
        {
            if (kept.TryFind(home, realm, clock.Now, out var ticket) && !_seen.Contains(realm)) return ticket;
        }

        return null;
    }

    private async ValueTask<ServiceTicket> StepAsync(ServiceTicket at, string realm, List<string> candidates, CancellationToken cancellationToken)
    {
        KerberosException? last = null;
        foreach (var candidate in candidates)
        {
            try
            {
                var asked = new KerberosPrincipal(new PrincipalName(NameType.ServiceInstance, ["krbtgt", candidate]), GrantedRealm(at));
                var answer = await ask(at, asked, cancellationToken).ConfigureAwait(false);
                RequireOnTheWay(answer, candidates, realm);
                return answer;
            }
            catch (KerberosException e) when (e.Error == KerberosError.ServiceUnknown)
            {
                last = e;
            }
        }

        throw KdcErrors.NoWay(_seen, realm, candidates, last);
    }

    /// <summary>A KDC without the key asked for may give one for a realm nearer to it (RFC 4120 section 3.3.3): which, the administrator may have fixed.</summary>
    private void RequireOnTheWay(ServiceTicket answer, List<string> candidates, string realm)
    {
        var given = GrantedRealm(answer);
        if (capaths.PathBetween(_seen[0], realm) is not null && !candidates.Contains(given)) throw KdcErrors.OffTheWay(_seen, given, realm);
    }

    private ServiceTicket Enter(ServiceTicket grantingTicket)
    {
        var realm = GrantedRealm(grantingTicket);
        if (_seen.Contains(realm)) throw KdcErrors.Circle(_seen, realm);
        if (_seen.Count > MaxHops) throw KdcErrors.TooFar(_seen);
        _seen.Add(realm);
        if (grantingTicket.Service.Realm == _seen[0]) kept.Keep(home, realm, grantingTicket);
        return grantingTicket;
    }
}
