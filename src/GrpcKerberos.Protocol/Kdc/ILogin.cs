using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Who the client is, and where its ticket-granting ticket comes from.</summary>
internal interface ILogin : IDisposable
{
    /// <summary>Who is logged in now; null where that is not known yet or no longer so.</summary>
    /// <remarks>Asked for every call: a ccache's file is looked at again at most once a second.</remarks>
    KerberosPrincipal? Client { get; }

    /// <summary>Where it comes from, as messages and logs name it.</summary>
    string Source { get; }

    /// <summary>Whether the client logged in by this name, though its KDC knows it by another (RFC 6806).</summary>
    bool LoggedInAs(KerberosPrincipal name) => false;

    /// <summary>The KDC's clock less this host's, as the tool that logged in measured it; null where none did.</summary>
    TimeSpan? ClockOffset => null;

    /// <summary>A ticket-granting ticket that lives for a while yet.</summary>
    /// <exception cref="KerberosException">There are no credentials, or the KDC does not take them.</exception>
    ValueTask<ServiceTicket> GetGrantingTicketAsync(CancellationToken cancellationToken);

    /// <summary>A live ticket for the service that is here without asking a KDC: it stands in a ccache.</summary>
    bool TryGetServiceTicket(KerberosPrincipal service, [NotNullWhen(true)] out ServiceTicket? ticket);

    /// <summary>The KDC no longer takes this ticket-granting ticket: the next one is fetched anew, where that is possible.</summary>
    void Forget(ServiceTicket grantingTicket);
}
