namespace GrpcKerberos.Tests.Client;

/// <summary>Durations pass as they are told to, the hour is the system's.</summary>
internal sealed class AdvancedTime : TimeProvider
{
    private long _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _passed);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _passed, by.Ticks);
}
