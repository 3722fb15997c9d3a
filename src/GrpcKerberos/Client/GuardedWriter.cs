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

    public async Task WriteAsync(TRequest message)
    {
        try
        {
            await inner.WriteAsync(message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or ObjectDisposedException)
        {
            throw await JudgedAsync(e).ConfigureAwait(false);
        }
    }

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        try
        {
            await inner.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or ObjectDisposedException)
        {
            throw await JudgedAsync(e).ConfigureAwait(false);
        }
    }

    public async Task CompleteAsync()
    {
        try
        {
            await inner.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or ObjectDisposedException)
        {
            throw await JudgedAsync(e).ConfigureAwait(false);
        }
    }

    /// <summary>The verdict on the call stands above what a write met: an unproved status, or the end of a call that failed.</summary>
    private async ValueTask<Exception> JudgedAsync(Exception met)
    {
        var rpc = met as RpcException;
        // A status that gRPC itself does not make came from the peer, so the call is over and its verdict near.
        var isPeers = rpc is not null && !RpcErrors.IsOurs(rpc) && !RpcErrors.PassesUnproved(rpc.StatusCode);
        if (isPeers || guard.Opened.IsCompleted) await guard.Opened.ConfigureAwait(false);
        return rpc is null ? met : guard.Told(rpc);
    }
}
