namespace GrpcKerberos.Protocol.ApExchange.Replay;

/// <summary>A replay cache that keeps count of whose proofs it holds, so that one client cannot use up the room of all.</summary>
internal interface IHolderAwareReplayCache : IReplayCache
{
    /// <summary>As <see cref="IReplayCache.TryAddAsync"/>.</summary>
    /// <param name="key">What identifies one authenticator, or one call.</param>
    /// <param name="holder">The client it is of, as the ticket names it.</param>
    /// <param name="until">The key must be kept at least to this time.</param>
    /// <param name="cancellationToken">The call's own.</param>
    ValueTask<bool> TryAddAsync(ReplayKey key, KerberosPrincipal holder, DateTimeOffset until, CancellationToken cancellationToken);
}
