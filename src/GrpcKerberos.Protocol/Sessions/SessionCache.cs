using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>The acceptor's sessions: bounded, shared out among the clients, and none forgotten that was used within the last two skews, or ten minutes.</summary>
/// <remarks>
/// What such a session has seen could be replayed after it was forgotten: its tokens and times are still within the skew. So a store full of them
/// refuses births. Lookups take no lock; births take one.
/// </remarks>
/// <param name="capacity">Sessions kept at most.</param>
/// <param name="maxClockSkew">The skew that calls and tokens are judged by.</param>
internal sealed class SessionCache(int capacity, TimeSpan maxClockSkew)
{
    public static readonly TimeSpan DefaultMaxLifetime = TimeSpan.FromHours(10);

    private const int SweptByBirth = 2;

    /// <summary>So long a client sends a call again after a refusal that anybody may have made up, whatever the skew is here. Who forgot the call would run it again.</summary>
    private static readonly TimeSpan s_longestResend = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_longUnused = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<SessionId, AcceptorSession> _sessions = new(concurrencyLevel: 1, capacity: 31);
    private readonly ConcurrentDictionary<KerberosPrincipal, KerberosTime> _ended = new();
    private readonly PrincipalShares _shares = new(capacity);
    private readonly LastUseOrder _order = new();
    private readonly ForgottenSessions _forgotten = new();
    private readonly TimeSpan _idle = 2 * (maxClockSkew > s_longestResend ? maxClockSkew : s_longestResend);
    private readonly Lock _births = new();
    private bool _hasServerBound;

    /// <summary>Sessions kept now, ended ones among them.</summary>
    public int Count => _shares.Held;

    /// <summary>Sessions forgotten on which streams may hang, for tests.</summary>
    public int Watched => _forgotten.Count;

    /// <summary>Clients that have any, for tests.</summary>
    public int Clients => _shares.Holders;

    /// <summary>Finds a session, also one that has ended: its window still tells what was run.</summary>
    public bool TryFind(in SessionId id, [NotNullWhen(true)] out AcceptorSession? session) => _sessions.TryGetValue(id, out session);

    /// <summary>Adds a session if there is none of its id; what is there is never replaced. Either counts as used now.</summary>
    /// <param name="candidate">Born of a token that passed every check.</param>
    /// <param name="now">The acceptor's time.</param>
    /// <param name="kept">The one that is in the store; the candidate if none is.</param>
    /// <param name="siblingOf">Tells the id of the other session that the candidate's K may have here; null: none.</param>
    public Admission Add(AcceptorSession candidate, KerberosTime now, out AcceptorSession kept, Func<SessionId?>? siblingOf = null)
    {
        kept = candidate;
        lock (_births)
        {
            if (IsEnded(candidate.Client, candidate.AuthTime)) return Admission.PrincipalEnded;
            if (_sessions.TryGetValue(candidate.Id, out var existing))
            {
                // Under this lock, or the next birth may forget it before its call comes again.
                existing.Touch(now);
                kept = existing;
                return Admission.Existing;
            }

            SweepLongUnused(now);
            var admission = MakeRoom(candidate.Client, now - _idle, out var share);
            if (share is null) return admission;
            candidate.Share(share);
            candidate.Touch(now);
            _order.Add(share, candidate, now);
            JoinSibling(candidate, siblingOf);
            _sessions[candidate.Id] = candidate;
            return Admission.Added;
        }
    }

    /// <summary>
    /// Ends all sessions of a client, also those forgotten on which a stream still hangs. Tickets of logins up to now give birth to none any more,
    /// for the life of the process.
    /// </summary>
    /// <returns>How many were not ended before.</returns>
    public int End(KerberosPrincipal client, KerberosTime now)
    {
        lock (_births)
        {
            _ended.AddOrUpdate(client, static (_, moment) => moment, static (_, before, moment) => before > moment ? before : moment, now);
            var ended = _forgotten.EndWhere(s => s.Client.Equals(client));
            if (_shares.Find(client)?.Sessions is not { } sessions) return ended;
            foreach (var (session, _) in sessions.UnorderedItems)
            {
                if (session.TryEnd(forGood: session.AuthTime <= now)) ended++;
            }

            return ended;
        }
    }

    /// <summary>Whether tickets of this login give birth to no session, since the client's were ended after it.</summary>
    public bool IsEnded(KerberosPrincipal client, KerberosTime authTime) => _ended.TryGetValue(client, out var moment) && authTime <= moment;

    /// <summary>Ends the sessions that the predicate finds, those whose key left the keytab; also forgotten ones on which a stream still hangs.</summary>
    /// <returns>How many were not ended before.</returns>
    public int EndWhere(Func<AcceptorSession, bool> hasEnded)
    {
        var ended = _forgotten.EndWhere(hasEnded);
        foreach (var (_, session) in _sessions)
        {
            if (hasEnded(session) && session.TryEnd(forGood: false)) ended++;
        }

        return ended;
    }

    // A portable one has a sibling only where any session is server-bound: elsewhere nobody pays for the sibling's id.
    private void JoinSibling(AcceptorSession candidate, Func<SessionId?>? siblingOf)
    {
        _hasServerBound |= candidate.IsServerBound;
        if (_hasServerBound && siblingOf?.Invoke() is { } id && _sessions.TryGetValue(id, out var sibling)) candidate.Join(sibling);
    }

    /// <remarks>
    /// A client over its share gives up a session of its own that is idle: that pushes nobody out, and its count does not rise. Others' idle
    /// sessions go only while that raises its limit: where places are scarce, not where it holds the largest share there is.
    /// </remarks>
    private Admission MakeRoom(KerberosPrincipal client, KerberosTime idleSince, out PrincipalShare? share)
    {
        while (true)
        {
            var verdict = _shares.TryTake(client, out share);
            if (verdict == ShareVerdict.Taken) return Admission.Added;
            if (share is not null && _order.TryTakeOf(share, idleSince, out var own))
            {
                Remove(own);
                return Admission.Added;
            }

            var isLargest = share is not null && share.Held >= _shares.Largest;
            if (!isLargest && TryForget(idleSince)) continue;
            share = null;
            return verdict == ShareVerdict.StoreFull ? Admission.StoreFull : Admission.ShareUsedUp;
        }
    }

    // Else sessions that ended would pile up until the store is full.
    private void SweepLongUnused(KerberosTime now)
    {
        var unusedSince = now - (_idle > s_longUnused ? _idle : s_longUnused);
        for (var i = 0; i < SweptByBirth && TryForget(unusedSince); i++)
        {
        }
    }

    private bool TryForget(KerberosTime unusedSince)
    {
        if (!_order.TryTake(unusedSince, out var session, out var share)) return false;
        Remove(session);
        _shares.Release(share);
        return true;
    }

    private void Remove(AcceptorSession session)
    {
        _sessions.TryRemove(session.Id, out _);
        _forgotten.Add(session);
    }
}
