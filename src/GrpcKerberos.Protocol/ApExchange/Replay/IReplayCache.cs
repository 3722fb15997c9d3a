namespace GrpcKerberos.Protocol;

/// <summary>Remembers every token once taken, so that none is taken twice (RFC 4120 section 3.2.3). Shared stores implement it.</summary>
public interface IReplayCache
{
    /// <summary>Adds the key if it is absent, in one atomic step.</summary>
    /// <param name="key">What identifies one authenticator.</param>
    /// <param name="until">The key must be kept at least to this time.</param>
    /// <param name="cancellationToken">The call's own.</param>
    /// <returns>True if the key was absent and now is kept; false if it was there: the proof is a replay.</returns>
    /// <remarks>To throw is to refuse: a store that cannot answer, or has no room, must throw and never return true.</remarks>
    ValueTask<bool> TryAddAsync(ReplayKey key, DateTimeOffset until, CancellationToken cancellationToken);
}
