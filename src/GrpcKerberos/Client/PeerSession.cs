using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Client;

/// <summary>What proves our calls to a service, and what it has proved about the sessions that come of it.</summary>
/// <remarks>Nothing here waits for an application's call: a stream may wait for the very call that would wait for it.</remarks>
/// <param name="scheduler">Where establishing runs.</param>
/// <param name="time">The client's.</param>
internal abstract class PeerSession(TaskScheduler scheduler, TimeProvider time)
{
    /// <summary>So many server-bound sessions may be unknown where we come again; then each call gets one of its own.</summary>
    private const int MostLost = 2;

    /// <summary>Then a server-bound session is kept again: two restarts must not cost a token a call for as long as a ticket lasts.</summary>
    public static readonly TimeSpan ForgetsLosses = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private volatile bool _isPortable;
    private volatile int _largeTokenBytes;
    private volatile BoundSession? _bound;
    private int _lost;
    private long _lostAt;
    private long _boundEnds = long.MaxValue;

    /// <summary>The ticket behind it; null where the operating system keeps it to itself.</summary>
    public abstract ServiceTicket? Ticket { get; }

    /// <summary>Whether a call may come again under the number it had, by which a replica that ran it tells so. Without that no call is sent again.</summary>
    public abstract bool CanRepeatNumbers { get; }

    /// <summary>One attempt with a token of its own; null where calls carry none, and a session is established first.</summary>
    /// <param name="method">The path called.</param>
    /// <param name="offset">What is known of the service's clock.</param>
    /// <param name="number">The number of the attempt this one repeats.</param>
    /// <param name="framing">What goes around the token.</param>
    /// <param name="binding">The TLS channel it goes on; null: any.</param>
    public abstract PreparedCall? Prepare(string method, TimeSpan offset, ulong? number, TokenFraming framing, ChannelBinding? binding);

    /// <summary>One attempt whose session the server knows.</summary>
    /// <param name="method">The path called.</param>
    /// <param name="offset">What is known of the service's clock.</param>
    /// <param name="bound">The session; null: K's.</param>
    /// <param name="number">The number of the attempt this one repeats.</param>
    /// <param name="binding">The TLS channel it goes on; null: any.</param>
    public abstract PreparedCall PrepareKnown(string method, TimeSpan offset, BoundSession? bound, ulong? number, ChannelBinding? binding);

    /// <summary>What establishes a session by a call of its own.</summary>
    /// <param name="client">Whose calls wait for it.</param>
    /// <param name="peer">The service.</param>
    /// <param name="start">The call that came first: the way to the service.</param>
    /// <param name="number">The number of a refused call that the token is brought for; null where it is brought for all calls to come.</param>
    /// <param name="binding">The TLS channel it goes on; null: any.</param>
    public abstract Establishing Establishing(KerberosClient client, ServicePeer peer, CallStart start, ulong? number, ChannelBinding? binding);

    /// <summary>Whether an answer under K was proved: replicas know the session, or take it with its token.</summary>
    public bool IsPortable => _isPortable;

    /// <summary>The size of a token, where the ticket makes them too large for a header; else 0.</summary>
    public int LargeTokenBytes => _largeTokenBytes;

    public bool IsTokenLarge => _largeTokenBytes > 0;

    /// <summary>The server process's own session, where one is known and worth to come again under.</summary>
    public BoundSession? Bound => _bound;

    public void MarkTokenLarge(int bytes) => _largeTokenBytes = bytes;

    public void MarkPortable() => _isPortable = true;

    /// <summary>No replica was found to know it; the next call establishes it anew.</summary>
    public void MarkUnknown() => _isPortable = false;

    /// <summary>Whether the server-bound session has ended by what the server said of it: a call that cannot be sent twice should not find that out.</summary>
    public bool HasBoundEnded(KerberosTime now) => now.MicrosecondsSinceEpoch / 1_000_000 >= Volatile.Read(ref _boundEnds);

    /// <summary>Keeps the session one server process proved; the one at hand where it is the same.</summary>
    /// <param name="bound">The session.</param>
    /// <param name="ends">When it ends, in seconds since 1970; nobody proved that. Null where nobody said it.</param>
    public BoundSession Keep(BoundSession bound, long? ends)
    {
        lock (_lock)
        {
            Volatile.Write(ref _boundEnds, ends ?? long.MaxValue);
            if (_bound is { } known && known.Id.Equals(bound.Id)) return known;
            ForgetLosses();
            if (_lost < MostLost) _bound = bound;
            _isPortable = false;
            return bound;
        }
    }

    /// <summary>The server did not know it. Each counts once, however many calls met that.</summary>
    /// <returns>Whether from now on each call gets a session of its own.</returns>
    public bool Drop(BoundSession bound)
    {
        lock (_lock)
        {
            if (_bound is not { } known || !known.Id.Equals(bound.Id)) return false;
            _bound = null;
            // Where a call cannot come again, a session of its own may be unknown where the call comes as well.
            if (!CanRepeatNumbers) return false;
            ForgetLosses();
            _lostAt = time.GetTimestamp();
            return ++_lost == MostLost;
        }
    }

    /// <summary>The establishment that calls wait for.</summary>
    public JoinedTask<Established> Establishment { get; } = new(scheduler);

    private void ForgetLosses()
    {
        if (_lost > 0 && time.GetElapsedTime(_lostAt) >= ForgetsLosses) _lost = 0;
    }
}
