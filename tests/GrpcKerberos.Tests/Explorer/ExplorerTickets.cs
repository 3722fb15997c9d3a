using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>One client's tickets, the same one until it is forgotten.</summary>
internal sealed class ExplorerTickets(Func<KerberosPrincipal, ServiceTicket> issue) : ITickets
{
    private readonly Dictionary<KerberosPrincipal, ServiceTicket> _held = [];

    public string? RealmOf(string host) => World.Realm;

    public ValueTask<ServiceTicket> GetAsync(KerberosPrincipal service, CancellationToken cancellationToken) => ValueTask.FromResult(Get(service));

    public ServiceTicket Get(KerberosPrincipal service) =>
        _held.TryGetValue(service, out var held) ? held : _held[service] = issue(service);

    public void ForgetLogin(ServiceTicket ticket) => Forget(ticket);

    public void Forget(ServiceTicket ticket) => _held.Remove(ticket.Service);

    public void Dispose()
    {
    }
}
