namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class LabTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 11, 22, 11, 15, 2, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan span) => _now += span;

    public void Set(DateTimeOffset time) => _now = time;
}
