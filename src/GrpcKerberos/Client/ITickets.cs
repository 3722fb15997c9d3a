using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Client;

/// <summary>The tickets of one identity.</summary>
internal interface ITickets : IDisposable
{
    /// <summary>For metrics; none where the operating system keeps them to itself.</summary>
    IEnumerable<ServiceTicket> AtHand => [];

    /// <summary>The realm of a service on a host; null where nothing says it.</summary>
    /// <exception cref="KerberosException">krb5.conf cannot be read.</exception>
    string? RealmOf(string host);

    /// <summary>The same ticket for all, until it is renewed or forgotten.</summary>
    /// <exception cref="KerberosException">There is none to be had.</exception>
    ValueTask<ServiceTicket> GetAsync(KerberosPrincipal service, CancellationToken cancellationToken);

    /// <summary>How it stands with a ticket that came from here.</summary>
    TicketStanding StandingOf(ServiceTicket ticket) => default;

    /// <summary>How it stands with the KDC of a client that a ticket came from here for; asks it, where that was not done for a while.</summary>
    KdcStanding KdcOf(KerberosPrincipal client) => KdcStanding.Unknown;

    /// <summary>The service refused it: fetch anew next time.</summary>
    void Forget(ServiceTicket ticket);

    /// <summary>The service holds the login behind it to be over: fetch anew next time, by another login where the keys for one are at hand.</summary>
    void ForgetLogin(ServiceTicket ticket);
}
