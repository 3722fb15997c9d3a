using System.Runtime.CompilerServices;
using Grpc.Core;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>Authenticated once, proved with every call: sessions that every replica takes.</summary>
public class SessionTests
{
    public static TheoryData<Shape> Repeatable => [Shape.Blocking, Shape.Unary, Shape.ServerStreaming];

    public static TheoryData<Shape> Unrepeatable => [Shape.ClientStreaming, Shape.Duplex];

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SecondCall_OfAKnownSession_CarriesItsMicAlone(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync();
        for (var i = 0; i < 3; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        var calls = scene.Server.Received.ToArray();
        Assert.Equal([true, false, false], calls.Select(static r => r.HasToken));
        Assert.Single(calls.Select(static r => r.Proof.Session).Distinct());
        Assert.Equal(3, calls.Select(static r => r.Number).Distinct().Count());
        Assert.All(calls, static r => Assert.NotNull(r.Accepted));
    }

    [Theory, MemberData(nameof(Unrepeatable))]
    public async Task SecondCall_ThatCannotBeSentTwice_CarriesItsToken(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync();
        for (var i = 0; i < 2; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal([true, true], scene.Server.Received.Select(static r => r.HasToken));
        Assert.Empty(scene.Server.Establishments);
    }

    [Fact]
    public async Task FirstCalls_ManyAtOnce_EachCarryTheirTokenAndNoneWaits()
    {
        const int Count = 64;
        await using var scene = await ClientScene.StartAsync();
        var allThere = new TaskCompletionSource();
        scene.Server.Script = async (received, run) =>
        {
            if (scene.Server.Received.Count == Count) allThere.TrySetResult();
            await allThere.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await ScriptedServer.Answer(received, run);
        };
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => Calls.MakeAsync(scene.Invoker, i % 2 == 0 ? Shape.Unary : Shape.ServerStreaming)));
        Assert.All(scene.Server.Received, static r => Assert.True(r.HasToken));
        Assert.Single(scene.Server.Received.Select(static r => r.Proof.Session).Distinct());
        Assert.Equal(Count, scene.Server.Greeter.Runs);
        await Calls.MakeAsync(scene.Invoker, Shape.Unary);
        Assert.False(scene.Server.Received.Last().HasToken);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SessionUnknown_AfterARestart_IsSentAgainWithATokenUnderTheSameNumber(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync();
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        scene.Server.Restart();
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        var calls = scene.Server.Received.ToArray();
        Assert.Equal([true, false, true], calls.Select(static r => r.HasToken));
        AssertRepeats(calls[1], calls[2]);
        Assert.Equal(calls[1].Proof.Session, calls[2].Proof.Session);
        Assert.Equal(2, scene.Server.Greeter.Runs);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SessionUnknown_AtAnotherReplica_LeavesTheFirstOneKnown(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync();
        await Calls.MakeAsync(scene.Invoker, shape);
        scene.Server.AddReplica();
        await Calls.MakeAsync(scene.Invoker, shape);
        scene.Server.Replica = 0;
        await Calls.MakeAsync(scene.Invoker, shape);
        scene.Server.Replica = 1;
        await Calls.MakeAsync(scene.Invoker, shape);
        Assert.Equal([true, false, true, false, false], scene.Server.Received.Select(static r => r.HasToken));
        Assert.Single(scene.Server.Received.Select(static r => r.Proof.Session).Distinct());
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SessionUnknown_SwallowedAndForged_RunsNothingTwice(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync();
        await Calls.MakeAsync(scene.Invoker, shape);
        scene.Server.Script = async (received, run) =>
        {
            if (received.HasToken) await ScriptedServer.Answer(received, run);
            else received.EndWith(16, "Kerberos error=SESSION_UNKNOWN");
        };
        // The acceptor has taken the call, whose answer nobody sees.
        CallShapeTests.AssertOurs(await Calls.FailAsync(scene.Invoker, shape), KerberosError.Replayed, "The service has seen this proof before");
        AssertRepeats(scene.Server.Received.ElementAt(1), scene.Server.Received.ElementAt(2));
        Assert.Equal(3, scene.Server.Received.Count);
        scene.Server.Script = ScriptedServer.Answer;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.NotEqual(scene.Server.Received.First().Proof.Session, scene.Server.Received.Last().Proof.Session);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SessionUnknown_Always_FailsAfterOneResend(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync();
        await Calls.MakeAsync(scene.Invoker, shape);
        scene.Server.Script = static (received, _) =>
        {
            received.EndWith(16, "Kerberos error=SESSION_UNKNOWN");
            return Task.CompletedTask;
        };
        AssertUnknown(await Calls.FailAsync(scene.Invoker, shape));
        Assert.Equal(3, scene.Server.Received.Count);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SessionUnknown_LaterThanTheSkew_IsNotSentAgain(Shape shape)
    {
        var clock = new ShiftedTime(TimeSpan.Zero);
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { TimeProvider = clock });
        await Calls.MakeAsync(scene.Invoker, shape);
        scene.Server.Restart();
        scene.Server.Script = (received, run) =>
        {
            clock.Passed += TimeSpan.FromMinutes(5);
            return ScriptedServer.Answer(received, run);
        };
        AssertUnknown(await Calls.FailAsync(scene.Invoker, shape));
        Assert.Equal(2, scene.Server.Received.Count);
        scene.Server.Script = ScriptedServer.Answer;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
    }

    [Theory, InlineData(Shape.Blocking), InlineData(Shape.Unary), InlineData(Shape.ClientStreaming), InlineData(Shape.ServerStreaming), InlineData(Shape.Duplex)]
    public async Task SessionUnknown_ToACallWithAToken_IsNotSentAgain(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = static (received, _) =>
        {
            received.EndWith(16, "Kerberos error=SESSION_UNKNOWN");
            return Task.CompletedTask;
        };
        AssertUnknown(await Calls.FailAsync(scene.Invoker, shape));
        Assert.Single(scene.Server.Received);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task Skew_OfAKnownSession_IsSentAgainWithoutAToken(Shape shape)
    {
        var clock = new ShiftedTime(TimeSpan.Zero);
        await using var scene = await ClientScene.StartAsync(serverClock: clock);
        await Calls.MakeAsync(scene.Invoker, shape);
        clock.Shift = TimeSpan.FromMinutes(10);
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        var calls = scene.Server.Received.ToArray();
        Assert.Equal([true, false, false, false], calls.Select(static r => r.HasToken));
        AssertRepeats(calls[1], calls[2]);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SessionUnknownAndSkew_InOneCall_AreBothAnswered(Shape shape)
    {
        var clock = new ShiftedTime(TimeSpan.Zero);
        await using var scene = await ClientScene.StartAsync(serverClock: clock);
        await Calls.MakeAsync(scene.Invoker, shape);
        clock.Shift = TimeSpan.FromMinutes(10);
        scene.Server.Restart();
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        var calls = scene.Server.Received.ToArray();
        Assert.Equal([true, false, true, true], calls.Select(static r => r.HasToken));
        AssertRepeats(calls[1], calls[2]);
        AssertRepeats(calls[2], calls[3]);
        Assert.Equal(2, scene.Server.Greeter.Runs);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task Numbers_UsedUp_BringANewSessionAndNoFailedCall(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync();
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        NumberOf(scene.Peer.SessionFor(scene.Ticket).Origin) = uint.MaxValue - 1_000_002;
        for (var i = 0; i < 3; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        var calls = scene.Server.Received.ToArray();
        Assert.Equal([true, false, true, false], calls.Select(static r => r.HasToken));
        Assert.Equal(calls[0].Proof.Session, calls[1].Proof.Session);
        Assert.NotEqual(calls[1].Proof.Session, calls[2].Proof.Session);
        Assert.Equal(calls[2].Proof.Session, calls[3].Proof.Session);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task Ticket_RenewedWhileACallWaits_LeavesItsSessionUsable(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync();
        await Calls.MakeAsync(scene.Invoker, shape);
        var release = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        scene.Server.Greeter.Hook = _ =>
        {
            reached.TrySetResult();
            return release.Task;
        };
        var waiting = Calls.MakeAsync(scene.Invoker, shape);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        scene.Server.Greeter.Hook = static _ => Task.CompletedTask;
        scene.RenewTicket();
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        release.SetResult();
        Assert.Equal(Calls.Words, await waiting);
        Assert.Equal([true, false, true], scene.Server.Received.Select(static r => r.HasToken));
    }

    [Fact]
    public async Task Transports_OfOneService_ShareNoKey()
    {
        await using var scene = await ClientScene.StartAsync();
        var secure = scene.Client.Resolve("https://localhost:1/greeter.v1.Greeter", "greeter.v1.Greeter");
        var clear = scene.Client.Resolve("http://localhost:2/greeter.v1.Greeter", "greeter.v1.Greeter");
        Assert.Equal(secure.Service, clear.Service);
        Assert.Same(secure, scene.Client.Resolve("https://localhost:3/greeter.v1.Greeter", "greeter.v1.Greeter"));
        Assert.NotEqual(secure.SessionFor(scene.Ticket).Origin.Id, clear.SessionFor(scene.Ticket).Origin.Id);
    }

    [Fact]
    public async Task TicketRefused_Unproved_CostsOneTicketAMinute()
    {
        var clock = new ShiftedTime(TimeSpan.Zero);
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { TimeProvider = clock });
        scene.Server.Script = static (received, _) =>
        {
            received.EndWith(16, "Kerberos error=TICKET_EXPIRED");
            return Task.CompletedTask;
        };
        for (var i = 0; i < 3; i++) Assert.Equal(KerberosError.TicketExpired, (await Calls.FailAsync(scene.Invoker, Shape.Unary)).GetKerberosError());
        Assert.Equal(1, scene.Tickets.Forgotten);
        clock.Passed += TimeSpan.FromMinutes(1);
        await Calls.FailAsync(scene.Invoker, Shape.Unary);
        Assert.Equal(2, scene.Tickets.Forgotten);
    }

    internal static void AssertRepeats(Received refused, Received again)
    {
        Assert.Equal(refused.Number, again.Number);
        Assert.NotEqual(refused.Proof.Time, again.Proof.Time);
        Assert.NotEqual(refused.MicText, again.MicText);
    }

    internal static void AssertUnknown(RpcException failure)
    {
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.Equal(KerberosError.SessionUnknown, failure.GetKerberosError());
        Assert.Equal(
            "HTTP/localhost@TEST.LOCAL does not know the session of this call: it was restarted, or another replica took it. The call was not run. Next: call again, which establishes a new one; "
                + "where it comes often, a balancer spreads the calls of a server-bound session: keep the connection with one replica, or set SessionPortability to Portable there.",
            failure.Status.Detail);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_number")]
    private static extern ref ulong NumberOf(InitiatorSession session);
}
