using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Tickets for services, one per service principal: fetched once for all who wait, renewed early, kept in memory.</summary>
internal sealed class TicketSource(ILogin login, KdcClient kdc, TimeProvider timeProvider, KdcEvents? events = null) : IDisposable
{
    /// <summary>A ticket that lives for a moment yet; completes synchronously, without allocation, where one is at hand.</summary>
    public ValueTask<ServiceTicket> GetAsync(KerberosPrincipal service, CancellationToken cancellationToken) =>
        throw new NotImplementedException($"{login}{kdc}{timeProvider}{events}");

    /// <summary>The service refused it (expired there, key changed): the next <see cref="GetAsync"/> fetches anew.</summary>
    public void Forget(ServiceTicket ticket) => throw new NotImplementedException();

    public void Dispose() => login.Dispose();
}
