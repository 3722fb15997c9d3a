using Grpc.Core;

namespace GrpcKerberos.Client;

/// <summary>A request stream whose failures say nothing that the server did not prove.</summary>
internal sealed class GuardedWriter<TRequest>(IClientStreamWriter<TRequest> inner, ResponseGuard guard) : IClientStreamWriter<TRequest>
{
    public WriteOptions? WriteOptions
    {
        get => inner.WriteOptions;
        set => inner.WriteOptions = value;
    }

    public Task WriteAsync(TRequest message) => GuardAsync(inner.WriteAsync(message));

    public Task WriteAsync(TRequest message, CancellationToken cancellationToken) => GuardAsync(inner.WriteAsync(message, cancellationToken));

    public Task CompleteAsync() => GuardAsync(inner.CompleteAsync());

    private async Task GuardAsync(Task write)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            // Any other status came from the peer, so the call is over and its verdict near. It stands above what the write met.
            if (guard.Opened.IsCompleted || !RpcErrors.PassesUnproved(e.StatusCode)) await guard.Opened.ConfigureAwait(false);
            throw OwnMetadata.TakeOut(e);
        }
    }
}
