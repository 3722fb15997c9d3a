using Grpc.Core;

namespace GrpcKerberos.Client;

/// <summary>A response stream that yields nothing before the server is proved.</summary>
internal sealed class GuardedReader<TResponse>(ResponseGuard guard) : IAsyncStreamReader<TResponse>
{
    private StreamInnerCall<TResponse>? _opened;

    public TResponse Current => _opened is { } inner ? inner.Current : throw new InvalidOperationException("No message has been read yet: call MoveNext first.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        _opened ??= (StreamInnerCall<TResponse>)await OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _opened.MoveNext(cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            throw guard.Told(e);
        }
    }

    /// <summary>As with gRPC's own reader, cancelling a read cancels the call.</summary>
    private async Task<IInnerCall> OpenAsync(CancellationToken cancellationToken)
    {
        var registration = cancellationToken.UnsafeRegister(static g => ((ResponseGuard)g!).Dispose(), guard);
        await using (registration.ConfigureAwait(false))
        {
            return await guard.Opened.ConfigureAwait(false);
        }
    }
}
