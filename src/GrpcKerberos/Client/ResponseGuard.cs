using Grpc.Core;

namespace GrpcKerberos.Client;

/// <summary>Holds a call's answer back until it proves the server, sends the call again where that is right, and gives what is left of it to the application.</summary>
internal sealed class ResponseGuard
{
    private readonly ResponseJudge _judge;
    private readonly Func<IInnerCall>? _again;
    private volatile IInnerCall _inner;
    private volatile bool _disposed;
    private Metadata? _headers;

    /// <param name="attempts">What the call sends.</param>
    /// <param name="first">The call, started.</param>
    /// <param name="again">Starts it once more; null where the request cannot be sent again.</param>
    public ResponseGuard(AttemptCredentials attempts, IInnerCall first, Func<IInnerCall>? again)
    {
        _judge = new ResponseJudge(attempts, canRepeat: again is not null);
        _again = again;
        _inner = first;
        Opened = Observed(OpenAsync());
    }

    /// <summary>The call whose answer may be read, or the failure in its place.</summary>
    public Task<IInnerCall> Opened { get; }

    public async Task<Metadata> GetHeadersAsync()
    {
        await Opened.ConfigureAwait(false);
        return _headers!;
    }

    public Status GetStatus()
    {
        if (Failure is RpcException failure) return failure.Status;
        if (Opened.IsCompletedSuccessfully) return _inner.GetStatus();
        // Ended by something else than an RpcException: what the call holds then was never proved.
        if (Opened.IsCompleted) return new Status(StatusCode.Cancelled, "The call ended before its answer was proved.");
        return _disposed ? new Status(StatusCode.Cancelled, "gRPC call disposed.") : throw Incomplete("status");
    }

    public Metadata GetTrailers()
    {
        if (Failure is RpcException failure) return failure.Trailers;
        if (Opened.IsCompletedSuccessfully) return OwnMetadata.TakeOut(_inner.GetTrailers());
        return Opened.IsCompleted ? [] : throw Incomplete("trailers");
    }

    public void Dispose()
    {
        _disposed = true;
        _inner.Dispose();
    }

    /// <summary>A failure nobody waits for is no unobserved one: gRPC keeps its own response tasks so.</summary>
    public static Task<T> Observed<T>(Task<T> task)
    {
        _ = task.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;
    }

    private Exception? Failure => Opened.IsFaulted ? Opened.Exception.InnerException : null;

    private async Task<IInnerCall> OpenAsync()
    {
        while (true)
        {
            var inner = _inner;
            var (headers, error) = await Outcome(inner.Headers).ConfigureAwait(false);
            if (headers is not null && _judge.Proves(headers)) return Open(inner, headers);
            var hasMessage = false;
            if (error is null) (hasMessage, error) = await Outcome(inner.PeekAsync()).ConfigureAwait(false);
            var verdict = _judge.Judge(headers, hasMessage, error);
            if (verdict is { IsSentAgain: false, Failure: null }) return Open(inner, headers!);
            inner.Dispose();
            if (verdict.Failure is { } failure) throw failure;
            Restart();
        }
    }

    private IInnerCall Open(IInnerCall inner, Metadata headers)
    {
        _headers = OwnMetadata.TakeOut(headers);
        return inner;
    }

    private void Restart()
    {
        _inner = _again!();
        // Whoever disposed the call in between disposed the one before.
        if (_disposed) _inner.Dispose();
    }

    private static async Task<(T? Result, Exception? Error)> Outcome<T>(Task<T> task)
    {
        try
        {
            return (await task.ConfigureAwait(false), null);
        }
#pragma warning disable CA1031 // whatever gRPC raises is judged, and raised again
        catch (Exception e)
#pragma warning restore CA1031
        {
            return (default, e);
        }
    }

    private static InvalidOperationException Incomplete(string what) => new($"Unable to get the {what} because the call is not complete.");
}
