using Grpc.Core;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Protocol.Sessions;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore.Streams;

/// <summary>Ends one streaming call when the session it was proved by ends, by whomever or by its time; one whose session was extended goes on.</summary>
/// <remarks>Reads and writes fail, tokens are cancelled, and what the handler makes of it becomes one status. A handler that heeds none of it is not waited for.</remarks>
internal sealed class StreamWatch
{
    /// <summary>How long a handler has to come to an end by itself: the answer is better written once it has.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly SchemeAcceptor _scheme;
    private readonly AcceptorSession _session;
    private readonly HttpContext _http;
    private readonly string _method;
    private readonly CancellationToken _aborted;
    private readonly CancellationTokenSource _over;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _whenEnded;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly StreamPipes _pipes;
    private volatile bool _isOver;
    private Task _ending = Task.CompletedTask;

    public StreamWatch(SchemeAcceptor scheme, AcceptorSession session, ServerCallContext call)
    {
        _scheme = scheme;
        _session = session;
        _http = call.GetHttpContext();
        _method = call.Method;
        _aborted = _http.RequestAborted;
        _pipes = new StreamPipes(_http);
        // A call with a deadline has a token of its own, which hears of no change of RequestAborted.
        _over = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken);
        _http.RequestAborted = _over.Token;
        Context = new WatchedContext(call, _http, _over.Token);
        _timer = Time.CreateTimer(static watch => ((StreamWatch)watch!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Check();
        _whenEnded = session.EndedToken.UnsafeRegister(static watch => ((StreamWatch)watch!).End(), this);
    }

    /// <summary>What the handler sees in place of its call.</summary>
    public ServerCallContext Context { get; }

    /// <summary>Asks the session too: it tells of its end a moment after it.</summary>
    public bool IsOver
    {
        get
        {
            if (!_isOver && _session.IsEnded) End();
            return _isOver;
        }
    }

    private TimeProvider Time => _scheme.Options.TimeProvider ?? TimeProvider.System;

    public IAsyncStreamReader<T> Watch<T>(IAsyncStreamReader<T> reader) => new WatchedReader<T>(reader, this);

    public IServerStreamWriter<T> Watch<T>(IServerStreamWriter<T> writer) => new WatchedWriter<T>(writer, this, _pipes);

    /// <summary>Runs the handler. Once the stream is over its own outcome, even a good one, is not the call's.</summary>
    /// <exception cref="RpcException">The stream is over; or the handler's.</exception>
    public async Task<TResult> RunAsync<TState, TResult>(TState state, Func<TState, ServerCallContext, Task<TResult>> handler)
    {
        Exception? cause = null;
        TResult? result = default;
        try
        {
            result = await handler(state, Context).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // it goes into the log with the status it is replaced by
        catch (Exception e) when (_isOver)
#pragma warning restore CA1031
        {
            cause = e;
        }
        finally
        {
            await FinishAsync().ConfigureAwait(false);
        }

        return _isOver ? throw StreamEnd.Exception(cause) : result!;
    }

    private void Check()
    {
        var left = _session.Ends - _scheme.Current.Calls.Now();
        if (left < TimeSpan.Zero) End();
        else _timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private void End()
    {
        lock (_gate)
        {
            if (_isOver || _finished.Task.IsCompleted) return;
            _isOver = true;
            _ending = Task.Run(EndAsync);
        }
    }

    private async Task EndAsync()
    {
        _scheme.Log.StreamEnded(_session.Client, _method);
        _pipes.Release();
        try
        {
            await _over.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException)
        {
            // What the handler registered threw: it hears of the end by its streams too.
        }

        try
        {
            await _finished.Task.WaitAsync(Grace, Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            if (!_aborted.IsCancellationRequested) await _pipes.CompleteAsync(StreamEnd.Refusal).ConfigureAwait(false);
        }
    }

    // Nothing of ours touches the HttpContext after this: it will be another call's.
    private async ValueTask FinishAsync()
    {
        lock (_gate) _finished.TrySetResult();
        await _whenEnded.DisposeAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _ending.ConfigureAwait(false);
        _pipes.Finish();
        _http.RequestAborted = _aborted;
        _over.Dispose();
    }
}
