using System.Collections.Concurrent;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Replay;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>The application's own replay cache, or one in memory for all schemes on one clock.</summary>
/// <remarks>Schemes share it, so that a proof one of them has taken cannot be shown to another that has the same key.</remarks>
internal sealed class ReplayCaches(IReplayCache? shared)
{
    private readonly ConcurrentDictionary<TimeProvider, Lazy<MemoryReplayCache>> _inMemory = new(ReferenceEqualityComparer.Instance);

    public IReplayCache For(TimeProvider timeProvider) =>
        shared ?? _inMemory.GetOrAdd(timeProvider, static time => new Lazy<MemoryReplayCache>(() => new MemoryReplayCache(time))).Value;

    /// <summary>Proofs kept in memory now; null where the application's own cache keeps them.</summary>
    public long? Count => shared is null ? _inMemory.Values.Where(static c => c.IsValueCreated).Sum(static c => (long)c.Value.Count) : null;
}
