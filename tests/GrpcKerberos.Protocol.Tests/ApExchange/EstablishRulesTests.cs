using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>A token that comes in a message, ahead of the call it is brought for.</summary>
public sealed class EstablishRulesTests
{
    [Fact]
    public async Task Establish_ThenItsCallUnderTheSameNumber_RunsOnce()
    {
        var lab = new ReplicaLab();
        var establish = Establish(lab);
        Assert.NotNull((await lab.First.EstablishAsync(establish)).Accepted);
        var call = lab.Known(number: establish.Number);
        await lab.First.RunsAsync(call);
        await lab.First.RefusesAsync(ApRejection.NumberRepeated, call);
    }

    [Fact]
    public async Task Establish_AfterARestartForARefusedCall_AdmitsThatCallAndNoOther()
    {
        var lab = new ReplicaLab();
        await lab.First.RunsAsync(lab.WithToken());
        var (ran, refused, alsoRan) = (lab.Known(), lab.Known(), lab.Known());
        await lab.First.RunsAsync(ran);
        await lab.First.RunsAsync(alsoRan);
        var restarted = lab.Start();
        await restarted.RefusesAsync(ApRejection.SessionUnknown, refused);
        Assert.NotNull((await restarted.EstablishAsync(Establish(lab, refused.Number))).Accepted);
        // What ran before the restart lies below the floor, before and behind the one admitted.
        await restarted.RefusesAsync(ApRejection.SessionUnknown, ran);
        await restarted.RefusesAsync(ApRejection.SessionUnknown, alsoRan);
        await restarted.RunsAsync(lab.Known(number: refused.Number));
        await restarted.RefusesAsync(ApRejection.NumberRepeated, refused);
    }

    [Fact]
    public async Task Establish_ForACallThatRan_NumberRepeated()
    {
        var lab = new ReplicaLab();
        var call = lab.WithToken();
        await lab.First.RunsAsync(call);
        var refused = (await lab.First.EstablishAsync(Establish(lab, call.Number))).Refused!;
        Assert.Equal(ApRejection.NumberRepeated, refused.Cause);
        Assert.NotNull((await lab.First.EstablishAsync(Establish(lab))).Accepted);
    }

    [Fact]
    public async Task Establish_SameMessageAgain_Replayed()
    {
        var lab = new ReplicaLab();
        var establish = Establish(lab);
        Assert.NotNull((await lab.First.EstablishAsync(establish)).Accepted);
        Assert.Equal(ApRejection.Replayed, (await lab.First.EstablishAsync(establish)).Refused!.Cause);
    }

    [Fact]
    public async Task Establish_ForManyRefusedCalls_KeepsTheNewestSixtyFour()
    {
        var lab = new ReplicaLab();
        await lab.First.RunsAsync(lab.WithToken());
        var refused = Enumerable.Range(0, 66).Select(_ => lab.Known()).ToList();
        var restarted = lab.Start();
        Assert.NotNull((await restarted.EstablishAsync(Establish(lab))).Accepted);
        foreach (var call in refused) Assert.NotNull((await restarted.EstablishAsync(Establish(lab, call.Number))).Accepted);
        foreach (var call in refused.Take(2)) await restarted.RefusesAsync(ApRejection.SessionUnknown, lab.Known(number: call.Number));
        foreach (var call in refused.Skip(2)) await restarted.RunsAsync(lab.Known(number: call.Number));
    }

    private static PreparedCall Establish(ReplicaLab lab, ulong? number = null) => lab.Client.Prepare(ReplicaLab.Establish, TimeSpan.Zero, number);
}
