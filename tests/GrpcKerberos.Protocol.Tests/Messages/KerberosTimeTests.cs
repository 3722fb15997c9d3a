using GrpcKerberos.Protocol.Messages;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Messages;

public class KerberosTimeTests
{
    private static readonly DateTimeOffset s_moment = new(2026, 11, 22, 9, 5, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(6_543_210, 654_321)]
    [InlineData(6_543_219, 654_321)]
    [InlineData(9_999_999, 999_999)]
    public void Microseconds_OfTicks_AreTenTicksEach(long ticks, int microseconds)
    {
        var time = new KerberosTime(s_moment.AddTicks(ticks));

        Assert.Equal(microseconds, time.Microseconds);
        Assert.Equal(s_moment, time.WholeSeconds);
        Assert.Equal(s_moment.AddMicroseconds(microseconds), time.ToDateTimeOffset());
    }

    [Fact]
    public void Parts_BeforeTheEpoch_AreStillASecondAndMicrosecondsBehindIt()
    {
        var time = new KerberosTime(DateTimeOffset.UnixEpoch.AddMicroseconds(-1));

        Assert.Equal(999_999, time.Microseconds);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(-1), time.WholeSeconds);
    }

    [Fact]
    public void WithMicroseconds_OfATimeThatHadSome_ReplacesThem()
    {
        var time = new KerberosTime(s_moment).WithMicroseconds(5).WithMicroseconds(999_999);

        Assert.Equal(s_moment.AddMicroseconds(999_999), time.ToDateTimeOffset());
    }

    [Fact]
    public void Compare_OneMicrosecondApart_TellsThemApart()
    {
        var earlier = new KerberosTime(s_moment);
        var later = earlier + TimeSpan.FromMicroseconds(1);

        Assert.True(earlier < later && later > earlier && earlier <= later && later >= earlier);
        Assert.Equal(TimeSpan.FromMicroseconds(1), later - earlier);
        Assert.Equal(earlier, later - TimeSpan.FromMicroseconds(1));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1_844_674_407_370_955_161)]
    [InlineData(922_337_203_685_477_580)]
    public void Difference_ToATimeAPeerMadeUp_NeverWrapsIntoTheSkew(long far)
    {
        var now = new KerberosTime(s_moment);
        Assert.Equal(TimeSpan.Zero, now - KerberosTime.FromMicroseconds(now.MicrosecondsSinceEpoch));

        // Ten ticks a microsecond: a difference of 2^64 / 10 would come out as next to nothing.
        var difference = KerberosTime.FromMicroseconds(unchecked(now.MicrosecondsSinceEpoch + far)) - now;

        Assert.True(difference.Duration() > TimeSpan.FromDays(365_000));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void ToString_OfATimeNoCalendarHolds_IsTheNearestItHolds(long microseconds)
    {
        var time = KerberosTime.FromMicroseconds(microseconds);

        Assert.Contains(time.ToString(), (string[])["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"]);
        Assert.Equal(time.WholeSeconds.Year, time.ToDateTimeOffset().Year);
    }

    [Fact]
    public void Add_SkewToTheLastTime_StaysThere()
    {
        var last = new KerberosTime(DateTimeOffset.MaxValue);

        Assert.Equal(last, last + TimeSpan.FromMinutes(5));
        Assert.Equal(last, last + TimeSpan.MaxValue);
        Assert.Equal(new KerberosTime(DateTimeOffset.MinValue), new KerberosTime(DateTimeOffset.MinValue) - TimeSpan.MaxValue);
        Assert.Equal(last, last - TimeSpan.MinValue);
    }
}
