using System.Security.Cryptography;
using Xunit.Abstractions;

namespace GrpcKerberos.Interop.Tests.Replicas;

/// <summary>
/// Replicas that share nothing but a keytab, while they die, come back and forget: no honest call notices, and nothing that was read runs again where it ran.
/// </summary>
public sealed class ReplicaTests(ITestOutputHelper output)
{
    private const int Kills = 3;
    private const int CallsAKill = 800;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Replicas_KilledRestartedAndForgetfulUnderLoad_FailNoCallAndRunNoneTwice(bool tls)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        await using var set = await ReplicaSet.StartAsync(tls);
        using var replayer = new Replayer(set.NewHandler(), set.Scheme);
        using var load = new Load(set.Invoker, timeout.Token);

        var trouble = Task.Run(() => MakeTroubleAsync(set, load), timeout.Token);
        var replays = Task.Run(() => ReplayAsync(set, replayer, trouble, timeout.Token), timeout.Token);
        await load.RunAsync();
        await trouble;
        await replays;
        await ReplayAllAsync(set, replayer, timeout.Token);

        output.WriteLine(
            $"{load.Calls} calls, {load.Streams} streams ({load.Cut} cut), {set.Sniffer.Answered} attempts answered, {set.Sniffer.Others.Count} not; "
            + $"shown again: {replayer.Refused} refused, {replayer.Ran} ran elsewhere");
        Assert.True(load.Failures.IsEmpty, string.Join('\n', load.Failures.Take(5)));
        Assert.Equal((Kills * CallsAKill, Kills * CallsAKill / 8), (load.Calls, load.Streams));
        Assert.InRange(load.Cut, 0, 8 * Kills);
        AssertRuns(set, load);
        // Shown to another replica within the skew a call runs once: that is what portable means, and it shows that what is shown is good.
        Assert.InRange(replayer.Ran, 1, int.MaxValue);
        Assert.InRange(replayer.Refused, 500, int.MaxValue);
        Assert.Equal(0, replayer.RanAgain);
    }

    private static void AssertRuns(ReplicaSet set, Load load)
    {
        var runs = set.Replicas.SelectMany(static r => r.Runs.Select(run => (r.Port, run.Proof, run.Request))).ToList();
        Assert.Empty(runs.GroupBy(static r => (r.Port, r.Proof)).Where(static g => g.Count() > 1).Select(static g => $"{g.Key}: {string.Join(' ', g.Select(static r => r.Request))}"));
        Assert.Empty(load.Requests.Except(runs.Select(static r => r.Request)));
        Assert.All(set.Replicas, static r => Assert.NotEmpty(r.Runs));
    }

    private static async Task MakeTroubleAsync(ReplicaSet set, Load load)
    {
        try
        {
            for (var i = 0; i < Kills; i++)
            {
                var victim = set.Replicas[RandomNumberGenerator.GetInt32(set.Replicas.Count)];
                load.Give(CallsAKill / 2);
                await load.AfterAsync(100);
                await victim.KillAsync();
                await ForgetAsync(set, load);
                await victim.StartAsync();
                load.Give(CallsAKill / 2);
                await load.AfterAsync(100);
                await ForgetAsync(set, load);
            }
        }
        finally
        {
            load.End();
        }
    }

    private static async Task ForgetAsync(ReplicaSet set, Load load)
    {
        var forgetful = set.Replicas[RandomNumberGenerator.GetInt32(set.Replicas.Count)];
        await load.BetweenStreamsAsync(forgetful.ForgetAsync);
    }

    /// <summary>At random, while the load goes on: what has its answer, to whichever replica.</summary>
    private static async Task ReplayAsync(ReplicaSet set, Replayer replayer, Task trouble, CancellationToken cancellationToken)
    {
        await Task.Yield();
        while (!trouble.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (count, replica) = (set.Sniffer.Answered, set.Replicas[RandomNumberGenerator.GetInt32(set.Replicas.Count)]);
            if (count > 0 && set.Sniffer[RandomNumberGenerator.GetInt32(count)] is { } read) await replayer.ShowAsync(read, replica.Port, cancellationToken);
            else await Task.Yield();
        }
    }

    /// <summary>Once it is quiet: a sample of what has its answer and of what has none, to each replica, twice.</summary>
    private static async Task ReplayAllAsync(ReplicaSet set, Replayer replayer, CancellationToken cancellationToken)
    {
        var answered = Enumerable.Range(0, 150).Select(_ => set.Sniffer[RandomNumberGenerator.GetInt32(set.Sniffer.Answered)]!);
        foreach (var read in answered.Concat(set.Sniffer.Others.Take(150)))
        {
            for (var i = 0; i < 2 * set.Replicas.Count; i++) await replayer.ShowAsync(read, set.Replicas[i / 2].Port, cancellationToken);
        }
    }
}
