using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Logs in with a password, again before the ticket-granting ticket ends.</summary>
internal sealed class PasswordLogin(
    KerberosPrincipal principal, string password, KdcClient kdc, TimeProvider timeProvider, KdcEvents? events = null) : ILogin
{
    public KerberosPrincipal? Client => principal;

    public ValueTask<ServiceTicket> GetGrantingTicketAsync(CancellationToken cancellationToken) => throw new NotImplementedException($"{password}{kdc}{timeProvider}{events}");

    public bool TryGetServiceTicket(KerberosPrincipal service, [NotNullWhen(true)] out ServiceTicket? ticket)
    {
        ticket = null;
        return false;
    }

    public void Forget(ServiceTicket grantingTicket)
    {
    }

    public void Dispose()
    {
    }
}
