using GrpcKerberos.Tests.AspNetCore;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>The clock of one machine: the one time of a schedule, some way off.</summary>
internal sealed class MachineTime(ManualTime time, TimeSpan offset) : TimeProvider
{
    /// <summary>How far this clock is ahead.</summary>
    public TimeSpan Offset { get; set; } = offset;

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Offset;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
