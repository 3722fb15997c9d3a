namespace GrpcKerberos.Protocol.ApExchange.Replay;

/// <summary>The memory cache has no room for another proof, or none for this client's: it refuses rather than forgets.</summary>
internal sealed class ReplayCacheFullException : Exception
{
    /// <summary>No room for anybody.</summary>
    /// <param name="capacity">Proofs kept at most.</param>
    public ReplayCacheFullException(int capacity)
        : base($"the replay cache holds {capacity} proofs, its limit. Next: find the client that sends them, or raise the limit.")
    {
    }

    /// <summary>No room for this client: it holds its share.</summary>
    /// <param name="holder">The client.</param>
    /// <param name="held">Proofs of it that are kept.</param>
    /// <param name="capacity">Proofs kept at most, of all clients together.</param>
    public ReplayCacheFullException(KerberosPrincipal holder, int held, int capacity)
        : base($"{held} of the {capacity} proofs that the replay cache has room for are of {holder}, its share for now; others are not refused. "
            + "Next: have this client keep its session instead of proving itself anew for each call, or raise the limit.") =>
        Holder = holder;

    /// <summary>The client whose share is used up; null where the whole cache is full.</summary>
    public KerberosPrincipal? Holder { get; }
}
