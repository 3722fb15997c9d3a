using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Testing.Tickets;

namespace GrpcKerberos.Tests.Client;

/// <summary>Tickets without a KDC, the same one until it is forgotten.</summary>
internal sealed class FakeTickets : ITickets
{
    public const string Realm = "TEST.LOCAL";
    public const string Client = "alice@TEST.LOCAL";

    private readonly Lock _lock = new();
    private readonly Dictionary<KerberosPrincipal, ServiceTicket> _held = [];

    public TestKeys Keys { get; } = new();

    /// <summary>What each ticket is changed by before it is sealed.</summary>
    public Action<TicketTemplate>? Change { get; set; }

    /// <summary>Waited for before a ticket is given; its failure is the KDC's.</summary>
    public Task Kdc { get; set; } = Task.CompletedTask;

    /// <summary>Completes once somebody waits for a ticket.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Issued { get; private set; }

    public int Forgotten { get; private set; }

    public IEnumerable<ServiceTicket> AtHand
    {
        get
        {
            lock (_lock) return [.. _held.Values];
        }
    }

    public string? RealmOf(string host) => Realm;

    public async ValueTask<ServiceTicket> GetAsync(KerberosPrincipal service, CancellationToken cancellationToken)
    {
        Asked.TrySetResult();
        await Kdc.WaitAsync(cancellationToken);
        lock (_lock)
        {
            if (_held.TryGetValue(service, out var held)) return held;
            Issued++;
            return _held[service] = new TestTickets(Keys).IssueTicket(KerberosPrincipal.Parse(Client), service, Change);
        }
    }

    public int LoginsForgotten { get; private set; }

    public void ForgetLogin(ServiceTicket ticket)
    {
        lock (_lock) LoginsForgotten++;
        Forget(ticket);
    }

    public void Forget(ServiceTicket ticket)
    {
        lock (_lock)
        {
            Forgotten++;
            _held.Remove(ticket.Service);
        }
    }

    public void Dispose()
    {
    }
}
