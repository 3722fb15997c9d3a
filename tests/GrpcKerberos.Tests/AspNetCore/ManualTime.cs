namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>A clock that stands until it is moved; timers fire inside <see cref="Advance"/>, on the test's thread, in the order of their times.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private long _ticks = System.GetUtcNow().UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that have something to wait for.</summary>
    public int TimerCount
    {
        get
        {
            lock (_lock) return _timers.Count;
        }
    }

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        var until = Interlocked.Read(ref _ticks) + by.Ticks;
        while (NextDue(until) is { } due) due.Fire();
        Interlocked.Exchange(ref _ticks, until);
    }

    private ManualTimer? NextDue(long until)
    {
        lock (_lock)
        {
            var due = _timers.Where(t => t.DueAt <= until).MinBy(static t => t.DueAt);
            if (due is null) return null;
            Interlocked.Exchange(ref _ticks, Math.Max(due.DueAt, _ticks));
            due.Reschedule();
            return due;
        }
    }

    private sealed class ManualTimer(ManualTime owner, Action callback) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public long DueAt { get; private set; }

        public void Fire() => callback();

        public void Reschedule()
        {
            owner._timers.Remove(this);
            if (_period <= TimeSpan.Zero) return;
            DueAt += _period.Ticks;
            owner._timers.Add(this);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._lock)
            {
                owner._timers.Remove(this);
                _period = period;
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                DueAt = owner.GetTimestamp() + dueTime.Ticks;
                owner._timers.Add(this);
                return true;
            }
        }

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
