using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>Many schedules of one setting.</summary>
/// <param name="Schedules">How many.</param>
/// <param name="Counts">How often what happened, in all schedules.</param>
/// <param name="Violations">In how many schedules something happened that must not.</param>
/// <param name="Found">The seed and the trace of the first of them.</param>
internal sealed record Exploration(int Schedules, SortedDictionary<string, int> Counts, SortedDictionary<string, int> Violations, string? Found)
{
    /// <summary>Multiplies the seeds.</summary>
    private static readonly int s_more = int.TryParse(Environment.GetEnvironmentVariable("GRPCKERBEROS_EXPLORE"), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? Math.Max(1, n) : 1;

    public static Exploration Run(Setting setting, int seeds, Func<string, bool>? until = null)
    {
        Exploration? exploration = null;
        OnBareThread(() => exploration = RunAll(setting, seeds, until));
        return exploration!;
    }

    /// <summary>Continuations run where a task is completed, on a thread that has no context and no scheduler of its own.</summary>
    public static void OnBareThread(Action run)
    {
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                run();
            }
#pragma warning disable CA1031 // thrown again by the test's own thread
            catch (Exception e)
#pragma warning restore CA1031
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        if (error is not null) throw new InvalidOperationException("A schedule broke off.", error);
    }

    private static Exploration RunAll(Setting setting, int seeds, Func<string, bool>? until)
    {
        var (counts, violations) = (new SortedDictionary<string, int>(StringComparer.Ordinal), new SortedDictionary<string, int>(StringComparer.Ordinal));
        string? found = null;
        var schedules = 0;
        for (var seed = 0; seed < seeds * s_more; seed++)
        {
            using var world = new World(setting, seed);
            new Schedule(world).Run();
            schedules++;
            foreach (var (what, count) in world.Ledger.Counts) counts[what] = counts.GetValueOrDefault(what) + count;
            if (world.Ledger.Violation is not { } violation) continue;
            violations[violation] = violations.GetValueOrDefault(violation) + 1;
            found ??= string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {violation}{Environment.NewLine}{string.Join(Environment.NewLine, world.Lines)}");
            if (until?.Invoke(violation) == true) break;
        }

        return new Exploration(schedules, counts, violations, found);
    }

    /// <summary>One schedule.</summary>
    public static World RunOne(Setting setting, int seed)
    {
        World? world = null;
        OnBareThread(() =>
        {
            world = new World(setting, seed);
            new Schedule(world).Run();
        });
        return world!;
    }

    public void WriteTo(ITestOutputHelper output)
    {
        output.WriteLine($"{Schedules,8} schedules");
        foreach (var (what, count) in Counts) output.WriteLine($"{count,8} {what}");
        foreach (var (what, count) in Violations) output.WriteLine($"{count,8} schedules: {what}");
    }

    public void AssertClean() => Assert.True(Found is null, Found);
}
