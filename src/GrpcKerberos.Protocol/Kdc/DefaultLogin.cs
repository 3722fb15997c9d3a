using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>The ccache while it holds a live ticket-granting ticket, else the client keytab, as with MIT krb5.</summary>
/// <param name="cache">The ccache, whose error is the one told where there is no keytab.</param>
/// <param name="keytab">The client keytab; null where no setting names one.</param>
internal sealed class DefaultLogin(CacheLogin cache, KeytabLogin? keytab) : ILogin
{
    public KerberosPrincipal? Client => Chosen.Client;

    public string Source => Chosen.Source;

    public TimeSpan? ClockOffset => Chosen.ClockOffset;

    public bool LoggedInAs(KerberosPrincipal name) => Chosen.LoggedInAs(name);

    private ILogin Chosen => keytab is null || cache.IsLive ? cache : keytab;

    public ValueTask<ServiceTicket> GetGrantingTicketAsync(CancellationToken cancellationToken) =>
        Chosen.GetGrantingTicketAsync(cancellationToken);

    public bool TryGetServiceTicket(KerberosPrincipal service, [NotNullWhen(true)] out ServiceTicket? ticket) =>
        Chosen.TryGetServiceTicket(service, out ticket);

    public void Forget(ServiceTicket grantingTicket) => Chosen.Forget(grantingTicket);

    public void Dispose()
    {
        cache.Dispose();
        keytab?.Dispose();
    }
}
