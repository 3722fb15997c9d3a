namespace GrpcKerberos.Protocol.ApExchange.Replay;

/// <summary>The memory cache has no room for another proof: it refuses rather than forgets.</summary>
internal sealed class ReplayCacheFullException(int capacity)
    : Exception($"the replay cache holds {capacity} proofs, its limit. Next: find the client that sends them, or raise the limit.");
