namespace GrpcKerberos.Tests.Client;

/// <summary>The system's clock, some way off.</summary>
internal sealed class ShiftedTime(TimeSpan shift) : TimeProvider
{
    public TimeSpan Shift { get; set; } = shift;

    /// <summary>How much more time has passed than the system's clock says.</summary>
    public TimeSpan Passed { get; set; }

    public override long GetTimestamp() => System.GetTimestamp() + (long)(Passed.TotalSeconds * TimestampFrequency);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
}
