using Grpc.Core;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.Client;

/// <summary>Holds a call's answer back until it proves the server, sends the call again where that is right, and gives what is left of it to the application.</summary>
internal sealed class ResponseGuard
{
    private readonly AttemptCredentials _attempts;
    private ResponseJudge? _judge;
    private volatile IInnerCall _inner;
    private volatile bool _disposed;
    private Metadata? _headers;
    private bool _isProved;

    /// <summary>Starts the call.</summary>
    public ResponseGuard(KerberosClient client, CallStart start)
    {
        _attempts = new AttemptCredentials(client, start);
        _inner = start.Start(_attempts.First());
        Opened = OpenAsync();
    }

    /// <summary>The call whose answer may be read, or the failure in its place.</summary>
    public Task<IInnerCall> Opened { get; }

    public async Task<Metadata> GetHeadersAsync()
    {
        await Opened.ConfigureAwait(false);
        return OwnMetadata.TakeOut(_headers!);
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

    /// <summary>How a call whose answer was let through failed, for the application: with the cause, where it is a refusal by policy that the server has proved.</summary>
    public RpcException Told(RpcException failure)
    {
        var told = OwnMetadata.TakeOut(failure);
        if (!_isProved || !Refusal.IsNotAllowed(_headers, failure)) return told;
        var cause = new KerberosException(KerberosError.NotAllowed, ClientMessages.NotAllowed(_attempts.Start.Method));
        return new RpcException(new Status(told.StatusCode, told.Status.Detail, cause), told.Trailers, told.Message);
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
            var sent = inner.Headers;
            await ((Task)sent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _headers = sent.IsCompletedSuccessfully ? await sent.ConfigureAwait(false) : null;
            if (_headers is not null && AnswerProof.Proves(_headers, _attempts))
            {
                _isProved = true;
                return inner;
            }

            var verdict = await JudgeAsync(inner, sent).ConfigureAwait(false);
            if (verdict is { Again: null, Failure: null }) return inner;
            inner.Dispose();
            if (verdict.Failure is { } failure) throw failure;
            Restart(verdict.Again!);
        }
    }

    private async ValueTask<Verdict> JudgeAsync(IInnerCall inner, Task<Metadata> sent)
    {
        var (headers, error) = await InnerOutcome.Of(sent).ConfigureAwait(false);
        if (error is null) (_, error) = await InnerOutcome.Of(inner.PeekAsync()).ConfigureAwait(false);
        else inner.Ignore();
        _judge ??= new ResponseJudge(_attempts);
        return _judge.Judge(headers, error);
    }

    private void Restart(Resend resend)
    {
        _inner = _attempts.Start.Start(_attempts.Again(resend));
        // Whoever disposed the call in between disposed the one before.
        if (_disposed) _inner.Dispose();
    }

    private static InvalidOperationException Incomplete(string what) => new($"Unable to get the {what} because the call is not complete.");
}
