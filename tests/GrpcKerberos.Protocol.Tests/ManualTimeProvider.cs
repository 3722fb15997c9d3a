namespace GrpcKerberos.Protocol.Tests;

/// <summary>A clock that stands until a test moves it; timers fire inside <see cref="Advance"/>, on the test's thread, in the order of their times.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    private DateTimeOffset _now = new(2026, 11, 22, 11, 0, 0, TimeSpan.Zero);
    private long _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now;
    }

    public override long GetTimestamp()
    {
        lock (_lock) return _elapsed;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Time passes: the wall clock and the steady one move, and what was due by then fires.</summary>
    public void Advance(TimeSpan span)
    {
        long until;
        lock (_lock) until = _elapsed + span.Ticks;
        while (true)
        {
            ManualTimer? due;
            lock (_lock)
            {
                due = _timers.Where(t => t.DueAt <= until).MinBy(static t => t.DueAt);
                Move((due?.DueAt ?? until) - _elapsed);
                due?.Reschedule();
            }

            if (due is null) return;
            due.Fire();
        }
    }

    /// <summary>The wall clock is set, as by a person: no timer fires.</summary>
    public void Set(DateTimeOffset now)
    {
        lock (_lock) _now = now;
    }

    /// <summary>Completes as soon as so many timers are waiting: the code under test has got as far as its wait.</summary>
    public Task WaitForTimersAsync(int count)
    {
        lock (_lock)
        {
            if (_timers.Count >= count) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, reached));
            return reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    private void Move(long ticks)
    {
        _elapsed += Math.Max(0, ticks);
        _now += TimeSpan.FromTicks(Math.Max(0, ticks));
    }

    private sealed class ManualTimer(ManualTimeProvider owner, Action callback) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public long DueAt { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._lock)
            {
                owner._timers.Remove(this);
                _period = period;
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                DueAt = owner._elapsed + dueTime.Ticks;
                owner._timers.Add(this);
                foreach (var (_, reached) in owner._waiters.Where(w => w.Count <= owner._timers.Count)) reached.TrySetResult();
                return true;
            }
        }

        public void Reschedule()
        {
            owner._timers.Remove(this);
            if (_period <= TimeSpan.Zero) return;
            DueAt += _period.Ticks;
            owner._timers.Add(this);
        }

        public void Fire() => callback();

        public void Dispose()
        {
            lock (owner._lock) owner._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
