using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Client;

/// <summary>What is known of one service over one transport: the session of its ticket, and how far its clock is from ours.</summary>
/// <param name="service">The service.</param>
/// <param name="isInClear">Whether calls go without TLS: such a K is never used with it, nor the other way round.</param>
/// <param name="settings">The client's.</param>
/// <param name="log">The client's.</param>
#pragma warning disable CA1001 // an answer may come after the end of a session, and needs its keys: they go when nobody waits any more
internal sealed class ServicePeer(KerberosPrincipal service, bool isInClear, ClientSettings settings, ClientLog log)
#pragma warning restore CA1001
{
    private static readonly TimeSpan s_forgetsTickets = TimeSpan.FromMinutes(1);

    /// <summary>A KDC tells logins in whole seconds: one in the second in which the service ended our sessions is of no use yet.</summary>
    private static readonly TimeSpan s_forgetsByProof = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();

    // Its own clock: two services with different offsets would make one shared clock jump, and times come twice.
    private readonly AuthenticatorClock _clock = new(settings.TimeProvider);

    private TicketSession? _session;
    private SystemSession? _system;
    private volatile ServerKind _kind;
    private long? _forgotten;
    private ServiceTicket? _forgottenTicket;
    private long _offset;
    private long _proposed;

    public KerberosPrincipal Service { get; } = service;

    /// <summary>Without TLS.</summary>
    public bool IsInClear => isInClear;

    /// <summary>The look at the server's certificate that first calls wait for, where proofs are bound to it.</summary>
    public JoinedTask<bool> Look { get; } = new(settings.Scheduler);

    /// <summary>The service's clock less ours, as far as it proved it.</summary>
    public TimeSpan Offset
    {
        get
        {
            var proposed = Interlocked.Read(ref _proposed);
            return TimeSpan.FromTicks(proposed != 0 ? proposed : Interlocked.Read(ref _offset));
        }
    }

    /// <summary>Whether a token is likely to run nothing here: each server process makes sessions of its own, or is asked to.</summary>
    public bool IsBound => _kind switch
    {
        ServerKind.Portable or ServerKind.Foreign => false,
        ServerKind.Bound => true,
        _ => isInClear || settings.RequireServerBoundSessions || settings.Framing != TokenFraming.ApReq,
    };

    /// <summary>Whether an answer proved that replicas take its sessions.</summary>
    public bool IsPortable => _kind == ServerKind.Portable;

    /// <summary>What goes around a token: a server that has proved to be one of ours is spoken to as such.</summary>
    public TokenFraming Framing => _kind is ServerKind.Portable or ServerKind.Bound ? TokenFraming.ApReq : settings.Framing;

    private byte ProofFlags => (byte)((isInClear ? ProofElement.SentInClear : 0) | (settings.RequireServerBoundSessions ? ProofElement.ServerBound : 0));

    /// <summary>One K for one ticket, for all calls: a renewed ticket and used-up numbers bring a new one.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="binding">The TLS channel that new calls go on: servers keep a session to the one of its birth, so another one is worth another K.</param>
    public TicketSession SessionFor(ServiceTicket ticket, ChannelBinding? binding = null)
    {
        ProposeStartOf(ticket);
        if (Volatile.Read(ref _session) is { } known && IsGood(known, ticket, binding)) return known;
        lock (_lock)
        {
            // The old session is left to calls that still wait for their answers.
            if (_session is { } session && IsGood(session, ticket, binding)) return session;
            return _session = new TicketSession(new InitiatorSession(ticket, _clock, settings.RequireMutualAuthentication, ProofFlags, settings.EncryptionTypes), binding, settings.Scheduler, settings.TimeProvider);
        }
    }

    /// <summary>The operating system's login, for all calls.</summary>
    public SystemSession ForSystem()
    {
        lock (_lock) return _system ??= new SystemSession(_clock, settings.Scheduler, settings.TimeProvider);
    }

    /// <summary>The service has seen a proof twice: whatever else uses this K, it is not used here again.</summary>
    public void Drop(PeerSession session)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_session, session)) _session = null;
            if (ReferenceEquals(_system, session)) _system = null;
        }
    }

    /// <summary>An answer under K was proved.</summary>
    public void MarkPortable(PeerSession session)
    {
        if (session.IsPortable) return;
        _kind = ServerKind.Portable;
        session.MarkPortable();
        log.SessionProved(Service, "portable");
    }

    /// <summary>A server process proved a session of its own.</summary>
    public BoundSession Keep(PeerSession session, BoundSession bound, long? ends = null)
    {
        _kind = ServerKind.Bound;
        var kept = session.Keep(bound, ends);
        // The one at hand comes back where many calls meet in it, and none is at hand where each call gets its own.
        if (ReferenceEquals(kept, bound) && ReferenceEquals(kept, session.Bound)) log.SessionProved(Service, "server-bound");
        return kept;
    }

    /// <summary>A server completed a security context of the operating system's.</summary>
    public BoundSession KeepSystem(SystemSession session, BoundSession bound, long? ends)
    {
        log.SessionProved(Service, "the operating system's");
        return session.Keep(bound, ends);
    }

    /// <summary>Its server is none of ours: it answered our token as stock acceptors do, or does not know Establish.</summary>
    public void MarkForeign()
    {
        // In one step: over a proof that comes meanwhile it would stay for as long as the session.
        if (settings.Framing != TokenFraming.ApReq) Interlocked.CompareExchange(ref _kind, ServerKind.Foreign, ServerKind.Unknown);
    }

    /// <summary>A server process did not know its session.</summary>
    public void Drop(PeerSession session, BoundSession bound)
    {
        if (session.Drop(bound)) log.SessionsLost(Service, PeerSession.ForgetsLosses);
    }

    /// <summary>Whether the server-bound session at hand is over by the service's clock.</summary>
    public bool HasBoundEnded(PeerSession session) => session.HasBoundEnded(new KerberosTime(settings.TimeProvider.GetUtcNow()) + Offset);

    /// <summary>
    /// Whether a word about our ticket may cost another one, once a minute, or once in 5 seconds: anybody can say it unproved, a service that ended our
    /// sessions says it of each, and the KDC would pay for it.
    /// </summary>
    /// <param name="ticket">The ticket; calls that went out with one forgotten by now cost nothing.</param>
    /// <param name="isProved">Whether the word is the service's.</param>
    public bool MayForgetTicket(ServiceTicket ticket, bool isProved)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_forgottenTicket, ticket)) return true;
            if (_forgotten is { } last && settings.TimeProvider.GetElapsedTime(last) < (isProved ? s_forgetsByProof : s_forgetsTickets)) return false;
            _forgotten = settings.TimeProvider.GetTimestamp();
            _forgottenTicket = ticket;
            return true;
        }
    }

    /// <summary>Keeps an offset with which the service answered and proved itself.</summary>
    public void Keep(TimeSpan offset)
    {
        Interlocked.Exchange(ref _offset, offset.Ticks);
        Interlocked.Exchange(ref _proposed, 0);
    }

    /// <summary>
    /// An offset out of a proved refusal of a call that cannot be sent again: the next call tries it, and it is gone unless that one's answer proves the
    /// server.
    /// </summary>
    public void Propose(TimeSpan offset) => Interlocked.Exchange(ref _proposed, offset.Ticks);

    public bool IsProposed(TimeSpan offset) => offset.Ticks != 0 && Interlocked.Read(ref _proposed) == offset.Ticks;

    public void Withdraw() => Interlocked.Exchange(ref _proposed, 0);

    /// <summary>
    /// By the clock of the KDC that gave it a ticket has begun: where ours is too far behind for that, the beginning is the best that is known.
    /// </summary>
    private void ProposeStartOf(ServiceTicket ticket)
    {
        var behind = ticket.Starts - new KerberosTime(settings.TimeProvider.GetUtcNow());
        if (behind > InitiatorSession.StartTolerance && Offset == TimeSpan.Zero && !ticket.Flags.HasFlag(TicketFlags.Postdated)) Propose(behind);
    }

    private static bool IsGood(TicketSession session, ServiceTicket ticket, ChannelBinding? binding) =>
        ReferenceEquals(session.Origin.Ticket, ticket) && !session.Origin.IsExhausted && ReferenceEquals(session.Birth, binding);
}
