using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.ApExchange.Replay;

/// <summary>The replay cache of one process: sharded, bounded, one atomic step, and no proof forgotten before its time.</summary>
/// <remarks>Full, it throws: a proof that cannot be remembered must not be taken.</remarks>
internal sealed class MemoryReplayCache : IReplayCache
{
    /// <summary>Two keys a call, kept about ten minutes at most; two million take about 200 MB.</summary>
    public const int DefaultCapacity = 2_000_000;

    private readonly Shard[] _shards;
    private readonly TimeProvider _timeProvider;
    private readonly int _capacity;

    /// <param name="timeProvider">Tells when a proof may be forgotten.</param>
    /// <param name="capacity">Proofs kept at most, shared out evenly: a MAC falls into any shard alike.</param>
    /// <param name="shards">Locks that calls may hold at the same time.</param>
    public MemoryReplayCache(TimeProvider timeProvider, int capacity = DefaultCapacity, int shards = 16)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, shards);
        _timeProvider = timeProvider;
        _capacity = capacity;
        _shards = new Shard[shards];
        for (var i = 0; i < shards; i++) _shards[i] = new Shard();
    }

    /// <summary>Proofs kept now, those that have ended but were not swept yet among them.</summary>
    public int Count => _shards.Sum(static s => s.Count);

    public ValueTask<bool> TryAddAsync(ReplayKey key, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var now = new KerberosTime(_timeProvider.GetUtcNow());
        var shard = _shards[(uint)key.GetHashCode() % (uint)_shards.Length];
        lock (shard)
        {
            shard.ForgetUntil(now);
            if (shard.Holds(key)) return ValueTask.FromResult(false);
            if (shard.Count >= _capacity / _shards.Length) throw new ReplayCacheFullException(_capacity);
            shard.Keep(key, new KerberosTime(until));
            return ValueTask.FromResult(true);
        }
    }

    /// <summary>The keys, and the order in which they end.</summary>
    private sealed class Shard
    {
        private readonly HashSet<ReplayKey> _keys = [];
        private readonly PriorityQueue<ReplayKey, KerberosTime> _ends = new();

        public int Count => _ends.Count;

        public bool Holds(ReplayKey key) => _keys.Contains(key);

        public void Keep(ReplayKey key, KerberosTime until)
        {
            _keys.Add(key);
            _ends.Enqueue(key, until);
        }

        /// <summary>Drops what ended before now; a proof is kept through its last moment, since that moment is still judged fresh.</summary>
        public void ForgetUntil(KerberosTime now)
        {
            while (_ends.TryPeek(out var key, out var end) && end < now)
            {
                _ends.Dequeue();
                _keys.Remove(key);
            }
        }
    }
}
