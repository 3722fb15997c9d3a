using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Logs in with the keys of a keytab, again before the ticket-granting ticket ends.</summary>
/// <param name="principal">Who to log in as; null: the keytab's first principal.</param>
/// <param name="keytab">Reads the keytab, anew for each login, so that a replaced file is used.</param>
/// <param name="description">The keytab as messages name it, its path for one.</param>
internal sealed class KeytabLogin(
    KerberosPrincipal? principal, Func<CancellationToken, ValueTask<Keytab>> keytab, string description, KdcClient kdc, TimeProvider timeProvider, KdcEvents? events = null) : ILogin
{
    public KerberosPrincipal? Client => principal;

    public ValueTask<ServiceTicket> GetGrantingTicketAsync(CancellationToken cancellationToken) => throw new NotImplementedException($"{keytab}{description}{kdc}{timeProvider}{events}");

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
