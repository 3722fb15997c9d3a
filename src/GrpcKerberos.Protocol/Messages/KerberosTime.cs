namespace GrpcKerberos.Protocol.Messages;

/// <summary>A point in time of Kerberos: microseconds since 1970 in UTC. The one place where they meet .NET's ticks.</summary>
/// <remarks>On the wire it is whole seconds (KerberosTime) and, where a message has them, Microseconds beside (RFC 4120 section 5.2.3).</remarks>
internal readonly record struct KerberosTime : IComparable<KerberosTime>
{
    private const long MicrosecondsPerSecond = 1_000_000;

    private static readonly long s_first = SinceEpoch(DateTimeOffset.MinValue);
    private static readonly long s_last = SinceEpoch(DateTimeOffset.MaxValue);

    // Peers choose times. Within the years 1 to 9999 no sum overflows and no difference in ticks wraps around into the allowed skew.
    private KerberosTime(long microsecondsSinceEpoch) => MicrosecondsSinceEpoch = Math.Clamp(microsecondsSinceEpoch, s_first, s_last);

    public KerberosTime(DateTimeOffset time)
        : this(SinceEpoch(time))
    {
    }

    public long MicrosecondsSinceEpoch { get; }

    /// <summary>The Microseconds field: 0 to 999,999.</summary>
    public int Microseconds => (int)(((MicrosecondsSinceEpoch % MicrosecondsPerSecond) + MicrosecondsPerSecond) % MicrosecondsPerSecond);

    /// <summary>The KerberosTime field: this time without its microseconds.</summary>
    public DateTimeOffset WholeSeconds => new KerberosTime(MicrosecondsSinceEpoch - Microseconds).ToDateTimeOffset();

    /// <summary>A time as a number; one before year 1 or after year 9999 becomes the nearest within.</summary>
    public static KerberosTime FromMicroseconds(long sinceEpoch) => new(sinceEpoch);

    public static bool operator <(KerberosTime left, KerberosTime right) => left.CompareTo(right) < 0;

    public static bool operator >(KerberosTime left, KerberosTime right) => left.CompareTo(right) > 0;

    public static bool operator <=(KerberosTime left, KerberosTime right) => left.CompareTo(right) <= 0;

    public static bool operator >=(KerberosTime left, KerberosTime right) => left.CompareTo(right) >= 0;

    public static TimeSpan operator -(KerberosTime left, KerberosTime right) =>
        new((left.MicrosecondsSinceEpoch - right.MicrosecondsSinceEpoch) * TimeSpan.TicksPerMicrosecond);

    public static KerberosTime operator +(KerberosTime time, TimeSpan span) => new(time.MicrosecondsSinceEpoch + (span.Ticks / TimeSpan.TicksPerMicrosecond));

    public static KerberosTime operator -(KerberosTime time, TimeSpan span) => new(time.MicrosecondsSinceEpoch - (span.Ticks / TimeSpan.TicksPerMicrosecond));

    /// <summary>Seconds of one field and microseconds of the next.</summary>
    public KerberosTime WithMicroseconds(int microseconds) => new(MicrosecondsSinceEpoch - Microseconds + microseconds);

    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.UnixEpoch.AddTicks(MicrosecondsSinceEpoch * TimeSpan.TicksPerMicrosecond);

    public int CompareTo(KerberosTime other) => MicrosecondsSinceEpoch.CompareTo(other.MicrosecondsSinceEpoch);

    /// <summary>For logs and messages: <c>2026-11-22T09:05:00Z</c>.</summary>
    public override string ToString() => WholeSeconds.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static long SinceEpoch(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
