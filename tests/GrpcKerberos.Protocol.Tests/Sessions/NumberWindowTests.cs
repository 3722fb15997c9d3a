using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Sessions;

public sealed class NumberWindowTests
{
    private const ulong Floor = 5000;

    private static readonly KerberosTime s_now = SessionLab.At(0);

    [Fact]
    public void Take_FloorItself_Runs() => Assert.Equal(NumberVerdict.Run, Take(New(), Floor));

    [Fact]
    public void Take_NumberSeen_Repeat()
    {
        var window = New();
        Assert.Equal(NumberVerdict.Run, Take(window, Floor + 1));
        Assert.Equal(NumberVerdict.Repeat, Take(window, Floor + 1));
        Assert.Equal(NumberVerdict.Run, Take(window, Floor + 2));
    }

    [Fact]
    public void Take_NumberSeenThatIsUntimelyOrHasAToken_StillRepeat()
    {
        var window = New();
        Take(window, Floor);
        Assert.Equal(NumberVerdict.Repeat, Take(window, Floor, isTimely: false));
        Assert.Equal(NumberVerdict.Repeat, Take(window, Floor, token: true));
    }

    [Fact]
    public void Take_Untimely_SkewAndNothingChanges()
    {
        var window = New();
        Assert.Equal(NumberVerdict.Skew, Take(window, Floor + 100_000, isTimely: false));
        Assert.Equal(NumberVerdict.Skew, Take(window, Floor, isTimely: false, token: true));
        Assert.Equal(NumberVerdict.Skew, Take(window, 1, isTimely: false));
        Assert.Equal(NumberVerdict.Run, Take(window, Floor));
        Assert.Equal(NumberVerdict.Run, Take(window, Floor + 100_000));
    }

    [Fact]
    public void Take_LowestOfTheWindowWithToken_RunsOneBelowIsLate()
    {
        var window = New();
        Assert.Equal(NumberVerdict.Late, Take(window, Floor - NumberWindow.BirthWidth, token: true));
        Assert.Equal(NumberVerdict.Run, Take(window, Floor - NumberWindow.BirthWidth + 1, token: true));
    }

    [Fact]
    public void Take_BelowFloorWithoutToken_BelowFloorAndNotMarked()
    {
        var window = New();
        Assert.Equal(NumberVerdict.BelowFloor, Take(window, Floor - 1));
        Assert.Equal(NumberVerdict.BelowFloor, Take(window, Floor - 1));
        Assert.Equal(NumberVerdict.Run, Take(window, Floor - 1, token: true));
        Assert.Equal(NumberVerdict.Repeat, Take(window, Floor - 1, token: true));
        Assert.Equal(NumberVerdict.Repeat, Take(window, Floor - 1));
    }

    [Fact]
    public void Take_BelowWindowWithoutToken_LateNotBelowFloor() => Assert.Equal(NumberVerdict.Late, Take(New(), 1));

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(NumberWindow.MaxNumber + 1)]
    public void Take_AboveMaxNumber_OutOfRangeAndWindowUnharmed(ulong number)
    {
        var window = New();
        Assert.Equal(NumberVerdict.OutOfRange, Take(window, number));
        Assert.Equal(NumberVerdict.OutOfRange, Take(window, number, isTimely: false, token: true));
        Assert.Equal(NumberVerdict.Run, Take(window, Floor));
        Assert.Equal(NumberVerdict.Run, Take(window, Floor - 1023, token: true));
        Assert.Equal(NumberWindow.BirthWidth, window.Width);
    }

    [Fact]
    public void Take_MaxNumber_RunsOnceAndTheNumbersBelowStayOpen()
    {
        var window = New();
        Assert.Equal(NumberVerdict.Run, Take(window, NumberWindow.MaxNumber));
        Assert.Equal(NumberVerdict.Repeat, Take(window, NumberWindow.MaxNumber));
        Assert.Equal(NumberVerdict.Run, Take(window, NumberWindow.MaxNumber - 1));
        Assert.Equal(NumberVerdict.Run, Take(window, NumberWindow.MaxNumber - 65535));
        Assert.Equal(NumberVerdict.Late, Take(window, NumberWindow.MaxNumber - 65536));
        Assert.Equal(NumberVerdict.Late, Take(window, Floor));
    }

    [Fact]
    public void Take_WindowOfZero_NothingIsLate()
    {
        var window = new NumberWindow(0, 0);
        Assert.Equal(NumberVerdict.Run, Take(window, 0));
        Assert.Equal(NumberVerdict.Repeat, Take(window, 0));
        Assert.Equal(NumberVerdict.Run, Take(window, 1023));
        Assert.Equal(NumberVerdict.Run, Take(window, 1));
        Assert.Equal(NumberVerdict.Repeat, Take(window, 0));
    }

    [Fact]
    public void Take_JustAboveTheWidth_ZeroIsTheFirstToBeLate()
    {
        var window = new NumberWindow(0, 0);
        Take(window, 1, SessionLab.At(0));
        Take(window, 1023, SessionLab.At(10));
        Assert.Equal(NumberVerdict.Run, Take(window, 0, SessionLab.At(20)));
        Take(window, 1024, SessionLab.At(30));
        Assert.Equal(NumberVerdict.Late, Take(window, 0, SessionLab.At(40)));
        Assert.Equal(NumberVerdict.Repeat, Take(window, 1, SessionLab.At(40)));
    }

    [Fact]
    public void Constructor_HighestOutOfRangeOrBelowFloor_Throws()
    {
        _ = new NumberWindow(5, 6);
        Assert.Throws<ArgumentOutOfRangeException>(() => new NumberWindow(5, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NumberWindow(5, NumberWindow.MaxNumber + 1));
    }

    [Fact]
    public void Take_HighestAboveFloor_FloorStillRuns()
    {
        var window = new NumberWindow(Floor, Floor + 500);
        Assert.Equal(NumberVerdict.Run, Take(window, Floor));
        Assert.Equal(NumberVerdict.Late, Take(window, Floor + 500 - 1024, token: true));
    }

    [Fact]
    public void Width_SlowNumbers_StaysThatOfBirth()
    {
        var window = New();
        Take(window, Floor);
        for (ulong i = 1; i < 100; i++) Assert.Equal(NumberVerdict.Run, Take(window, Floor + (i * 250), SessionLab.At(10 + i)));
        Assert.Equal(NumberWindow.BirthWidth, window.Width);
        Assert.Equal(NumberVerdict.Late, Take(window, Floor + (99 * 250) - 1024, SessionLab.At(110), token: true));
    }

    [Theory]
    [InlineData(1024, 1024)]
    [InlineData(1025, 2048)]
    [InlineData(20_000, 32_768)]
    [InlineData(32_769, 65_536)]
    [InlineData(1_000_000_000_000, 65_536)]
    public void Width_NumbersOfTwoSeconds_CoveredByAPowerOfTwo(ulong advance, int width)
    {
        var window = New();
        Take(window, Floor);
        Take(window, Floor + 1, SessionLab.At(10));
        Assert.Equal(NumberWindow.BirthWidth, window.Width);
        Assert.Equal(NumberVerdict.Run, Take(window, Floor + advance, SessionLab.At(11.9)));
        Assert.Equal(width, window.Width);
    }

    [Fact]
    public void Take_BurstThenItsStragglers_AllRunOnce()
    {
        // 20,000 calls a second; those of one connection wait for a packet sent again 200 ms later.
        var window = New();
        var stragglers = new List<ulong>();
        for (var i = 0; i < 20_000; i++)
        {
            var number = Floor + (ulong)i;
            if (i % 7 == 0) stragglers.Add(number);
            else Assert.Equal(NumberVerdict.Run, Take(window, number, SessionLab.At(i / 20_000.0)));
        }

        foreach (var number in stragglers) Assert.Equal(NumberVerdict.Run, Take(window, number, SessionLab.At(1.2)));
        foreach (var number in stragglers) Assert.Equal(NumberVerdict.Repeat, Take(window, number, SessionLab.At(1.2)));
    }

    [Fact]
    public void Take_BurstAtBirthThenWhatWasSentBeforeTheFirstToArrive_Runs()
    {
        var window = New();
        for (var i = 0; i < 20_000; i++) Take(window, Floor + (ulong)i, SessionLab.At(i / 20_000.0));
        Assert.Equal(NumberVerdict.Run, Take(window, Floor - 1, SessionLab.At(1.2), token: true));
        Assert.Equal(NumberVerdict.Run, Take(window, Floor - 1023, SessionLab.At(1.2), token: true));
    }

    [Fact]
    public void Take_GrowthAfterNumbersWereForgotten_TheyStayLate()
    {
        var window = New();
        for (ulong i = 0; i <= 10; i++) Take(window, Floor + (i * 1000), SessionLab.At(i * 10));
        var forgotten = Floor + 10_000 - 1024;
        Assert.Equal(NumberVerdict.Late, Take(window, forgotten, SessionLab.At(101)));
        Take(window, Floor + 40_000, SessionLab.At(101.5));
        Assert.Equal(32_768, window.Width);
        Assert.Equal(NumberVerdict.Late, Take(window, forgotten, SessionLab.At(102)));
        Assert.Equal(NumberVerdict.Run, Take(window, forgotten + 1, SessionLab.At(102)));
    }

    [Fact]
    public void Take_RunLongAgoAndForgotten_NeverRunsAgain()
    {
        var window = New();
        Take(window, Floor);
        Take(window, Floor + 1_000_000, SessionLab.At(100));
        Assert.Equal(NumberVerdict.Late, Take(window, Floor, SessionLab.At(100), token: true));
    }

    [Fact]
    public async Task Take_SixtyFourThreadsOneNumber_OneRuns()
    {
        for (ulong round = 0; round < 20; round++)
        {
            var window = new NumberWindow(round, round);
            var number = round * 997;
            var verdicts = await Race.RunAsync(64, _ => Take(window, number));
            Assert.Single(verdicts, NumberVerdict.Run);
            Assert.Equal(63, verdicts.Count(static v => v == NumberVerdict.Repeat));
        }
    }

    [Fact]
    public async Task Take_SixtyFourFirstCallsInAnyOrder_AllRunOnce()
    {
        // The first to arrive sets the floor; each carries its own token.
        var window = new NumberWindow(Floor + 40, Floor + 40);
        var verdicts = await Race.RunAsync(64, i => Take(window, Floor + (ulong)i, token: true));
        Assert.All(verdicts, static v => Assert.Equal(NumberVerdict.Run, v));
        Assert.All(Enumerable.Range(0, 64), i => Assert.Equal(NumberVerdict.Repeat, Take(window, Floor + (ulong)i)));
    }

    [Fact]
    public void Words_FewNumbersFarApart_FewWords()
    {
        var window = New();
        Take(window, Floor);
        Assert.Equal(1, window.Words);
        Take(window, 1_000_000);
        Take(window, 1_000_000 - 60_000);
        Take(window, 1_000_000 - 30_000);
        Assert.Equal(65_536, window.Width);
        Assert.InRange(window.Words, 3, 4);
    }

    [Fact]
    public void Words_LongLivedSession_NoMoreThanTheWindowNeeds()
    {
        var window = New();
        for (ulong i = 0; i < 200_000; i++) Take(window, Floor + i, SessionLab.At(i / 100.0));
        Assert.InRange(window.Words, 1, 64);
        for (ulong i = 200_000; i < 1_000_000; i += 3) Take(window, Floor + i, SessionLab.At(i / 100_000.0));
        Assert.InRange(window.Words, 1, 2048);
    }

    [Fact]
    public void TryClose_UsedSince_StaysOpen()
    {
        var window = New();
        Take(window, Floor);
        Assert.False(window.TryClose(s_now));
        Assert.Equal(NumberVerdict.Run, Take(window, Floor + 1));
    }

    [Fact]
    public void TryClose_Unused_NothingRunsAnyMore()
    {
        var window = New();
        Take(window, Floor);
        Assert.True(window.TryClose(s_now + TimeSpan.FromMicroseconds(1)));
        Assert.Equal(NumberVerdict.BelowFloor, Take(window, Floor + 1));
        Assert.Equal(NumberVerdict.BelowFloor, Take(window, Floor + 1, token: true));
        Assert.Equal(NumberVerdict.Repeat, Take(window, Floor));
    }

    [Fact]
    public void LastUsed_RefusedNumbers_NotMoved()
    {
        var window = New();
        Take(window, Floor);
        var later = SessionLab.At(60);
        Take(window, Floor, later);
        Take(window, 1, later);
        Take(window, Floor - 1, later);
        Take(window, Floor + 1, later, isTimely: false);
        Take(window, ulong.MaxValue, later);
        Assert.Equal(s_now, window.LastUsed);
        Take(window, Floor + 1, later);
        Assert.Equal(later, window.LastUsed);
    }

    private static NumberWindow New() => new(Floor, Floor);

    private static NumberVerdict Take(NumberWindow window, ulong number, KerberosTime? now = null, bool isTimely = true, bool token = false) =>
        window.Take(number, now ?? s_now, isTimely, token);
}
