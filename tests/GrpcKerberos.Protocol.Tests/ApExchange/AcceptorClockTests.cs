using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Messages;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

public sealed class AcceptorClockTests
{
    [Fact]
    public void Now_ClockStepsBack_TimeStandsAndStartIsRaised()
    {
        var time = new LabTime();
        var clock = new AcceptorClock(time);
        var start = clock.Start;
        time.Advance(TimeSpan.FromHours(1));
        var before = clock.Now();
        time.Advance(TimeSpan.FromMinutes(-30));
        Assert.Equal(before, clock.Now());
        Assert.Equal(before, clock.Start);
        Assert.NotEqual(start, clock.Start);
    }

    [Fact]
    public void Now_StepBackOfLessThanASecond_StartStays()
    {
        var time = new LabTime();
        var clock = new AcceptorClock(time);
        var start = clock.Start;
        time.Advance(TimeSpan.FromHours(1));
        var before = clock.Now();
        time.Advance(TimeSpan.FromMilliseconds(-900));
        Assert.Equal(before, clock.Now());
        Assert.Equal(start, clock.Start);
    }

    [Fact]
    public async Task AuthenticatorClock_ManyThreadsAtOneTime_NoTimeTwice()
    {
        var clock = new AuthenticatorClock(new LabTime());
        var times = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 1000).Select(_ => clock.Next()).ToList())));
        Assert.Equal(8000, times.SelectMany(static t => t).Distinct().Count());
    }

    [Fact]
    public void AuthenticatorClock_Offset_IsAdded()
    {
        var time = new LabTime();
        Assert.Equal(new KerberosTime(time.GetUtcNow() + TimeSpan.FromMinutes(7)), new AuthenticatorClock(time).Next(TimeSpan.FromMinutes(7)));
    }
}
