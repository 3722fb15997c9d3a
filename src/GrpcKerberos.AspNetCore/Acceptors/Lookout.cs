namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Has a look taken every 5 s, and at once on demand: one at a time, and a demanded one no sooner than 5 s after the last that read anything.</summary>
internal sealed class Lookout : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _timeProvider;
    private readonly Func<bool, CancellationToken, Task<bool>> _look;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly ITimer? _timer;
    private TaskCompletionSource? _running;
    private long _startedAt;
    private long? _readAt;

    /// <param name="timeProvider">The server's clock.</param>
    /// <param name="polls">Whether to look every 5 s.</param>
    /// <param name="look">Takes whether it was demanded, and a token that ends after 5 s or with this object; tells whether it read anything. It must not throw.</param>
    public Lookout(TimeProvider timeProvider, bool polls, Func<bool, CancellationToken, Task<bool>> look)
    {
        _timeProvider = timeProvider;
        _look = look;
        if (polls) _timer = StartTimer();
    }

    /// <summary>Completes with the look that runs or is started, at the latest 5 s after its start, and at once where it is too soon for one.</summary>
    public async Task DemandAsync(CancellationToken cancellationToken)
    {
        var (running, left) = Join();
        if (running.IsCompleted || left <= TimeSpan.Zero) return;
        try
        {
            await running.WaitAsync(left, _timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A vault or a mount that hangs must not hang every call with it.
        }
    }

    /// <summary>No look begins any more, and the token of one that runs is cancelled.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        _stop.Cancel();
    }

    private ITimer StartTimer()
    {
        // It may be a call that comes here, and its context must not live on in the timer.
        using (ExecutionContext.IsFlowSuppressed() ? null : (AsyncFlowControl?)ExecutionContext.SuppressFlow())
            return _timeProvider.CreateTimer(static self => ((Lookout)self!).Poll(), this, Interval, Interval);
    }

    private void Poll()
    {
        TaskCompletionSource mine;
        lock (_gate)
        {
            if (_running is not null || _stop.IsCancellationRequested) return;
            mine = Begin();
        }

        _ = RunAsync(mine, demanded: false);
    }

    private (Task Running, TimeSpan Left) Join()
    {
        TaskCompletionSource mine;
        lock (_gate)
        {
            if (_running is { } other) return (other.Task, Interval - _timeProvider.GetElapsedTime(_startedAt));
            if (_stop.IsCancellationRequested || (_readAt is { } last && _timeProvider.GetElapsedTime(last) < Interval)) return (Task.CompletedTask, default);
            mine = Begin();
        }

        // Aside: a mount that hangs holds that one thread, and not every call's.
        _ = Task.Run(() => RunAsync(mine, demanded: true), CancellationToken.None);
        return (mine.Task, Interval);
    }

    private TaskCompletionSource Begin()
    {
        _startedAt = _timeProvider.GetTimestamp();
        return _running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private async Task RunAsync(TaskCompletionSource mine, bool demanded)
    {
        var hasRead = true;
        using var time = new CancellationTokenSource(Interval, _timeProvider);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(time.Token, _stop.Token);
        try
        {
            hasRead = await _look(demanded, limit.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                if (hasRead) _readAt = _startedAt;
                _running = null;
            }

            mine.SetResult();
        }
    }
}
