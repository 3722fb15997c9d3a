using GrpcKerberos.Protocol.Sessions;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Sessions;

/// <summary>The window against the naive model, on schedules that are random and yet the same in each run.</summary>
public sealed class NumberWindowModelTests
{
    private const int Schedules = 2000;
    private const int Steps = 400;

    [Fact]
    public void Take_RandomSchedules_AsTheModelHasIt()
    {
        var ran = 0;
        for (var seed = 0; seed < Schedules; seed++) ran += Run(new Seeded(seed));
        Assert.True(ran > Schedules * Steps / 10, $"only {ran} ran");
    }

    private static int Run(Seeded random)
    {
        var floor = random.Next(4) switch { 0 => 0UL, 1 => (ulong)random.Next(3000), 2 => NumberWindow.MaxNumber - (ulong)random.Next(200_000), _ => (ulong)random.Next(1 << 30) };
        var window = new NumberWindow(floor, floor);
        var now = SessionLab.At(0);
        var model = new WindowModel(floor, now);
        var used = new List<ulong> { floor };
        var pace = random.Next(5);
        for (var step = 0; step < Steps; step++)
        {
            if (random.Next(40) == 0) pace = random.Next(5);
            now += TimeSpan.FromMicroseconds(random.Next(pace switch { 0 => 1, 1 => 1000, 2 => 100_000, 3 => 1_500_000, _ => 5_000_000 }));
            var number = Number(random, model.Highest, used);
            var (isTimely, token) = (random.Next(10) != 0, random.Next(3) == 0);
            model.Check(number, now, isTimely, token, window.Take(number, now, isTimely, token));
            used.Add(number);
        }

        // Whatever was taken is never taken again.
        foreach (var number in used) model.Check(number, now, true, true, window.Take(number, now, true, true));
        return model.Ran;
    }

    private static ulong Number(Seeded random, ulong highest, List<ulong> used) => random.Next(12) switch
    {
        0 or 1 => used[random.Next(used.Count)],
        2 => Below(highest, random.Next(1100)),
        3 => Below(highest, random.Next(70_000)),
        4 => Below(highest, 1 << random.Next(18)),
        5 => highest + (ulong)random.Next(70_000),
        6 => random.Next(20) == 0 ? highest + ((ulong)random.Next() << 8) : highest + (ulong)random.Next(1200),
        7 => random.Next(10) == 0 ? ulong.MaxValue - (ulong)random.Next(5) : Below(used[random.Next(used.Count)], 1),
        _ => highest + (ulong)random.Next(1, 200),
    };

    private static ulong Below(ulong number, int by) => number < (ulong)by ? 0 : number - (ulong)by;
}
