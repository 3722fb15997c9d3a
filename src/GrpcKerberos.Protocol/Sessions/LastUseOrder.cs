using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>Which session is the longest unused, of all and of one principal. A use is not told here, it would cost every call a lock.</summary>
/// <remarks>
/// A session is queued by its last known use, which is never later than the real one, within its principal's share; a share is queued by the
/// first of its sessions. What comes first and was used since is queued again. Only what was last known to be used before the time asked for is
/// looked at, so a session is queued again about once in the time after which it is idle. Not thread-safe.
/// </remarks>
internal sealed class LastUseOrder
{
    /// <summary>A search queues no more sessions again than this: it runs under the lock of births. The next one goes on from there.</summary>
    private const int MostQueuedAgain = 4096;

    private readonly PriorityQueue<PrincipalShare, KerberosTime> _shares = new();
    private KerberosTime _latest;
    private int _queuedAgain;

    /// <param name="share">The share that holds the session.</param>
    /// <param name="session">A session just used.</param>
    /// <param name="now">Queued by this time, or by the latest known where threads overtook each other: the first of a share must never become earlier.</param>
    public void Add(PrincipalShare share, AcceptorSession session, KerberosTime now)
    {
        if (now > _latest) _latest = now;
        (share.Sessions ??= new PriorityQueue<AcceptorSession, KerberosTime>(1)).Enqueue(session, _latest);
        if (share.IsOrdered) return;
        share.IsOrdered = true;
        _shares.Enqueue(share, _latest);
    }

    /// <summary>Takes out the session that is the longest unused of all, if it is unused since the time given; its window is closed then.</summary>
    public bool TryTake(KerberosTime unusedSince, [NotNullWhen(true)] out AcceptorSession? session, [NotNullWhen(true)] out PrincipalShare? share)
    {
        session = null;
        _queuedAgain = 0;
        while (_queuedAgain < MostQueuedAgain && _shares.TryPeek(out share, out var known) && known < unusedSince)
        {
            var isFirst = TryPeek(share, unusedSince, out _, out var lastUsed) && lastUsed <= known;
            if (!isFirst || !TryClose(share, unusedSince, out session)) session = null;
            ReorderFirst(share);
            if (session is not null) return true;
        }

        share = null;
        return false;
    }

    /// <summary>Takes out the session of one share that is the longest unused, if it is unused since the time given; its window is closed then.</summary>
    /// <remarks>The share is not queued again: the caller adds a session to it in place of this one.</remarks>
    public bool TryTakeOf(PrincipalShare share, KerberosTime unusedSince, [NotNullWhen(true)] out AcceptorSession? session)
    {
        _queuedAgain = 0;
        return TryClose(share, unusedSince, out session);
    }

    private bool TryClose(PrincipalShare share, KerberosTime unusedSince, [NotNullWhen(true)] out AcceptorSession? session)
    {
        while (TryPeek(share, unusedSince, out session, out _))
        {
            if (!session.Window.TryClose(unusedSince)) continue;
            share.Sessions!.Dequeue();
            Shrink(share.Sessions);
            return true;
        }

        return false;
    }

    /// <summary>The longest unused session of one share, if it is unused since the time given.</summary>
    private bool TryPeek(PrincipalShare share, KerberosTime unusedSince, [NotNullWhen(true)] out AcceptorSession? session, out KerberosTime known)
    {
        known = default;
        while (_queuedAgain < MostQueuedAgain && share.Sessions!.TryPeek(out session, out known) && known < unusedSince)
        {
            var lastUsed = session.LastUsed;
            if (lastUsed <= known) return true;
            if (lastUsed > _latest) _latest = lastUsed;
            share.Sessions.DequeueEnqueue(session, lastUsed);
            _queuedAgain++;
        }

        session = null;
        return false;
    }

    private void ReorderFirst(PrincipalShare share)
    {
        if (share.Sessions!.TryPeek(out _, out var known))
        {
            _shares.DequeueEnqueue(share, known);
            return;
        }

        share.IsOrdered = false;
        _shares.Dequeue();
        Shrink(_shares);
    }

    // A principal that once held many must not keep the room for them.
    private static void Shrink<T>(PriorityQueue<T, KerberosTime> queue)
    {
        if (queue.Capacity > 16 && queue.Count < queue.Capacity / 4) queue.TrimExcess();
    }
}
