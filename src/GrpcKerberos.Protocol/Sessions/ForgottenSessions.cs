namespace GrpcKerberos.Protocol.Sessions;

/// <summary>Sessions that left the store while streams may still hang on them: who ends a client's sessions ends those streams too.</summary>
/// <remarks>They are held weakly, so they are gone when their last stream is. Thread-safe.</remarks>
internal sealed class ForgottenSessions
{
    private const int FirstSweep = 64;

    private readonly List<WeakReference<SessionEndSource>> _watched = [];
    private readonly Lock _lock = new();
    private int _sweepAt = FirstSweep;

    /// <summary>Sessions remembered, some of them gone already; for tests.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _watched.Count;
        }
    }

    /// <summary>Remembers a session if anybody ever asked to be told of its end.</summary>
    public void Add(AcceptorSession session)
    {
        if (session.EndSource is not { } source) return;
        lock (_lock)
        {
            if (_watched.Count >= _sweepAt)
            {
                _watched.RemoveAll(static w => !w.TryGetTarget(out _));
                _sweepAt = Math.Max(FirstSweep, _watched.Count * 2);
            }

            _watched.Add(new WeakReference<SessionEndSource>(source));
        }
    }

    /// <summary>Ends those that the predicate finds.</summary>
    /// <returns>How many were not ended before.</returns>
    public int EndWhere(Func<AcceptorSession, bool> hasEnded)
    {
        List<AcceptorSession> sessions = [];
        lock (_lock)
        {
            foreach (var watched in _watched)
            {
                if (watched.TryGetTarget(out var source)) sessions.Add(source.Session);
            }
        }

        return sessions.Count(s => hasEnded(s) && s.TryEnd(forGood: false));
    }
}
