using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Client;

/// <summary>What is known of one service: the session of its ticket, and how far its clock is from ours.</summary>
#pragma warning disable CA1001 // an answer may come after the end of a session, and needs its keys: they go when nobody waits any more
internal sealed class ServicePeer(KerberosPrincipal service, TimeProvider timeProvider, bool mutual)
#pragma warning restore CA1001
{
    private readonly Lock _lock = new();

    // Its own clock: two services with different offsets would make one shared clock jump, and times come twice.
    private readonly AuthenticatorClock _clock = new(timeProvider);

    private InitiatorSession? _session;
    private long _offset;
    private long _proposed;

    public KerberosPrincipal Service { get; } = service;

    /// <summary>The service's clock less ours, as far as it proved it.</summary>
    public TimeSpan Offset
    {
        get
        {
            var proposed = Interlocked.Read(ref _proposed);
            return TimeSpan.FromTicks(proposed != 0 ? proposed : Interlocked.Read(ref _offset));
        }
    }

    /// <summary>One K for one ticket, for all calls: a renewed ticket and used-up numbers bring a new one.</summary>
    public InitiatorSession SessionFor(ServiceTicket ticket)
    {
        lock (_lock)
        {
            // The old session is left to calls that still wait for their answers.
            if (_session is null || !ReferenceEquals(_session.Ticket, ticket) || _session.IsExhausted) _session = new InitiatorSession(ticket, _clock, mutual);
            return _session;
        }
    }

    /// <summary>The service has seen a proof twice: whatever else uses this K, it is not used here again.</summary>
    public void Drop(InitiatorSession session)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_session, session)) _session = null;
        }
    }

    /// <summary>Keeps an offset with which the service answered and proved itself.</summary>
    public void Keep(TimeSpan offset)
    {
        Interlocked.Exchange(ref _offset, offset.Ticks);
        Interlocked.Exchange(ref _proposed, 0);
    }

    /// <summary>An offset out of a proved refusal of a call that cannot be sent again: the next call tries it, and it is gone unless that one's answer proves the server.</summary>
    public void Propose(TimeSpan offset) => Interlocked.Exchange(ref _proposed, offset.Ticks);

    public bool IsProposed(TimeSpan offset) => offset.Ticks != 0 && Interlocked.Read(ref _proposed) == offset.Ticks;

    public void Withdraw() => Interlocked.Exchange(ref _proposed, 0);
}
