using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Replay;

/// <summary>The replay cache of one process: sharded, bounded, one atomic step, a share for every client, and no proof forgotten before its time.</summary>
/// <remarks>Full, it throws: a proof that cannot be remembered must not be taken.</remarks>
internal sealed class MemoryReplayCache : IHolderAwareReplayCache
{
    /// <summary>One key a token, kept about ten minutes at most; two million take about 200 MB.</summary>
    public const int DefaultCapacity = 2_000_000;

    private readonly Shard[] _shards;
    private readonly PrincipalShares _shares;
    private readonly TimeProvider _timeProvider;

    /// <param name="timeProvider">Tells when a proof may be forgotten.</param>
    /// <param name="capacity">Proofs kept at most, in all shards together.</param>
    /// <param name="shards">Locks that calls may hold at the same time.</param>
    public MemoryReplayCache(TimeProvider timeProvider, int capacity = DefaultCapacity, int shards = 16)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, shards);
        _timeProvider = timeProvider;
        _shares = new PrincipalShares(capacity);
        _shards = new Shard[shards];
        for (var i = 0; i < shards; i++) _shards[i] = new Shard(_shares);
    }

    /// <summary>Proofs kept now, those that have ended but were not swept yet among them.</summary>
    public int Count => _shares.Held;

    /// <summary>Proofs kept at most.</summary>
    public int Capacity => _shares.Capacity;

    /// <summary>Clients whose proofs are kept, for tests.</summary>
    public int Holders => _shares.Holders;

    /// <summary>Adds a proof that is nobody's: it takes room, and counts against no client's share.</summary>
    public ValueTask<bool> TryAddAsync(ReplayKey key, DateTimeOffset until, CancellationToken cancellationToken) =>
        ValueTask.FromResult(TryAdd(key, null, new KerberosTime(until)));

    public ValueTask<bool> TryAddAsync(ReplayKey key, KerberosPrincipal holder, DateTimeOffset until, CancellationToken cancellationToken) =>
        ValueTask.FromResult(TryAdd(key, holder, new KerberosTime(until)));

    /// <summary>Forgets what has ended, in shards nobody came to since as well.</summary>
    public void Sweep()
    {
        foreach (var shard in _shards) shard.ForgetUntil(Now());
    }

    private bool TryAdd(ReplayKey key, KerberosPrincipal? holder, KerberosTime until)
    {
        var shard = _shards[(uint)key.GetHashCode() % (uint)_shards.Length];
        var isAdded = shard.TryAdd(key, holder, until, Now(), out var verdict);
        if (verdict == ShareVerdict.Taken) return isAdded;

        // The places may be held by proofs that have ended in shards nobody came to since.
        Sweep();
        isAdded = shard.TryAdd(key, holder, until, Now(), out verdict);
        return verdict switch
        {
            ShareVerdict.Taken => isAdded,
            ShareVerdict.ShareUsedUp when holder is not null => throw new ReplayCacheFullException(holder, _shares.Find(holder)?.Held ?? 0, _shares.Capacity),
            _ => throw new ReplayCacheFullException(_shares.Capacity),
        };
    }

    private KerberosTime Now() => new(_timeProvider.GetUtcNow());

    /// <summary>The keys, whose they are, and the order in which they end.</summary>
    private sealed class Shard(PrincipalShares shares)
    {
        private readonly HashSet<ReplayKey> _keys = [];
        private readonly PriorityQueue<(ReplayKey Key, PrincipalShare? Share), KerberosTime> _ends = new();
        private readonly Lock _lock = new();

        /// <summary>Whether the key was absent and is kept now; the verdict is Taken also where it was there.</summary>
        public bool TryAdd(ReplayKey key, KerberosPrincipal? holder, KerberosTime until, KerberosTime now, out ShareVerdict verdict)
        {
            lock (_lock)
            {
                Forget(now);
                verdict = ShareVerdict.Taken;
                if (_keys.Contains(key)) return false;
                PrincipalShare? share = null;
                verdict = holder is null ? shares.TryTake() : shares.TryTake(holder, out share);
                if (verdict != ShareVerdict.Taken) return false;
                _keys.Add(key);
                _ends.Enqueue((key, share), until);
                return true;
            }
        }

        public void ForgetUntil(KerberosTime now)
        {
            lock (_lock) Forget(now);
        }

        /// <summary>Drops what ended before now; a proof is kept through its last moment, since that moment is still judged fresh.</summary>
        private void Forget(KerberosTime now)
        {
            while (_ends.TryPeek(out var held, out var end) && end < now)
            {
                _ends.Dequeue();
                _keys.Remove(held.Key);
                shares.Release(held.Share);
            }
        }
    }
}
