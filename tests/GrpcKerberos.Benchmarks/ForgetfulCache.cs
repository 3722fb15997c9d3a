using GrpcKerberos.Protocol;

namespace GrpcKerberos.Benchmarks;

/// <summary>No replay cache: one call is accepted over and over.</summary>
internal sealed class ForgetfulCache : IReplayCache
{
    public ValueTask<bool> TryAddAsync(ReplayKey key, DateTimeOffset until, CancellationToken cancellationToken) => ValueTask.FromResult(true);
}
