using System.Collections.Concurrent;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Replay;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>The application's own replay cache, or one in memory for all schemes on one clock.</summary>
/// <remarks>Schemes share it, so that a proof one of them has taken cannot be shown to another that has the same key.</remarks>
/// <param name="shared">The application's own; null where it has none.</param>
/// <param name="capacity">Proofs kept at most, by each clock.</param>
internal sealed class ReplayCaches(IReplayCache? shared, int capacity = MemoryReplayCache.DefaultCapacity)
{
    private readonly ConcurrentDictionary<TimeProvider, Lazy<MemoryReplayCache>> _inMemory = new(ReferenceEqualityComparer.Instance);

    public IReplayCache For(TimeProvider timeProvider) =>
        shared ?? _inMemory.GetOrAdd(timeProvider, time => new Lazy<MemoryReplayCache>(() => new MemoryReplayCache(time, capacity))).Value;

    /// <summary>Proofs kept in memory now; null where the application's own cache keeps them.</summary>
    public long? Count => shared is null ? Made.Sum(static c => (long)c.Count) : null;

    /// <summary>Proofs that the fullest one in memory keeps for good reason, and how many it may keep; null where none is in memory.</summary>
    public (int Entries, int Capacity)? Fullest()
    {
        foreach (var cache in Made) cache.Sweep();
        return Made.MaxBy(static c => c.Count) is { } fullest ? (fullest.Count, fullest.Capacity) : null;
    }

    private IEnumerable<MemoryReplayCache> Made => _inMemory.Values.Where(static c => c.IsValueCreated).Select(static c => c.Value);
}
