using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>The ccache where it holds a live ticket, else the client keytab, as MIT krb5 does.</summary>
/// <param name="cache">The ccache, whose error stands where there is no keytab either.</param>
/// <param name="keytab">The client keytab; null where no setting names one.</param>
internal sealed class DefaultLogin(CacheLogin cache, KeytabLogin? keytab) : ILogin
{
    public KerberosPrincipal? Client => cache.Client ?? keytab?.Client;

    public ValueTask<ServiceTicket> GetGrantingTicketAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public bool TryGetServiceTicket(KerberosPrincipal service, [NotNullWhen(true)] out ServiceTicket? ticket) => cache.TryGetServiceTicket(service, out ticket);

    public void Forget(ServiceTicket grantingTicket) => keytab?.Forget(grantingTicket);

    public void Dispose()
    {
        cache.Dispose();
        keytab?.Dispose();
    }
}
