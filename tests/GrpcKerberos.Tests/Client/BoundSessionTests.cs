using Google.Protobuf;
using Grpc.Net.Client.Configuration;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>Sessions that belong to one server process: a token runs nothing, and the call comes again under the key the server asserts.</summary>
public class BoundSessionTests
{
    public static TheoryData<Shape> Repeatable => [Shape.Blocking, Shape.Unary, Shape.ServerStreaming];

    public static TheoryData<Shape> Unrepeatable => [Shape.ClientStreaming, Shape.Duplex];

    public static TheoryData<Shape> All => new(Enum.GetValues<Shape>());

    [Theory, MemberData(nameof(Repeatable))]
    public async Task FirstCall_IsSentAgainUnderTheSessionTheServerProves(Shape shape)
    {
        await using var scene = await StartAsync();
        for (var i = 0; i < 3; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        var calls = scene.Server.Received.ToArray();
        Assert.Equal([true, false, false, false], calls.Select(static r => r.HasToken));
        SessionTests.AssertRepeats(calls[0], calls[1]);
        Assert.NotEqual(calls[0].Proof.Session, calls[1].Proof.Session);
        Assert.Single(calls.Skip(1).Select(static r => r.Proof.Session).Distinct());
        Assert.Equal(3, scene.Server.Greeter.Runs);
        Assert.Empty(scene.Server.Establishments);
    }

    [Theory, MemberData(nameof(Unrepeatable))]
    public async Task Stream_InClear_EstablishesFirst(Shape shape)
    {
        await using var scene = await StartAsync();
        for (var i = 0; i < 2; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Single(scene.Server.Establishments);
        Assert.Equal([false, false], scene.Server.Received.Select(static r => r.HasToken));
        Assert.All(scene.Server.Received, static r => Assert.True(r.Accepted!.Session!.IsServerBound));
    }

    [Theory, MemberData(nameof(Unrepeatable))]
    public async Task Stream_InClearToAPortableServer_CarriesItsToken(Shape shape)
    {
        await using var scene = await StartAsync(Portability.Always);
        for (var i = 0; i < 2; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Single(scene.Server.Establishments);
        Assert.Equal([true, true], scene.Server.Received.Select(static r => r.HasToken));
        scene.RenewTicket();
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Single(scene.Server.Establishments);
    }

    [Theory, MemberData(nameof(Unrepeatable))]
    public async Task Stream_OverTlsToAServerNotKnownToBeSo_FailsAndTheNextOneIsRight(Shape shape)
    {
        await using var scene = await StartAsync(Portability.Never, tls: true);
        SessionTests.AssertUnknown(await Calls.FailAsync(scene.Invoker, shape));
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal([true, false], scene.Server.Received.Select(static r => r.HasToken));
        Assert.Empty(scene.Server.Establishments);
        scene.RenewTicket();
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Single(scene.Server.Establishments);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Option_OverTls_DemandsThem(Shape shape)
    {
        await using var scene = await StartAsync(Portability.OverTls, tls: true, new ClientSettings { RequireServerBoundSessions = true });
        for (var i = 0; i < 2; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.All(scene.Server.Received.Where(static r => r.Accepted is not null), static r => Assert.True(r.Accepted!.Session!.IsServerBound));
        Assert.Equal(2, scene.Server.Greeter.Runs);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Token_SentInClear_MakesNoOtherWhereTlsMakesPortableOnes(bool tls, bool isBound)
    {
        await using var scene = await StartAsync(Portability.OverTls, tls);
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.Unary));
        Assert.Equal(isBound, scene.Server.Received.Last().Accepted!.Session!.IsServerBound);
    }

    [Fact]
    public async Task FirstCalls_ManyAtOnce_MeetInOneSession()
    {
        const int Count = 64;
        await using var scene = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => Calls.MakeAsync(scene.Invoker, (Shape)(i % 5))));
        Assert.Equal(Count, scene.Server.Greeter.Runs);
        Assert.Single(scene.Server.Received.Where(static r => !r.HasToken).Select(static r => r.Proof.Session).Distinct());
        Assert.Single(scene.Server.Received.Where(static r => r.HasToken).Select(static r => r.Proof.Session).Distinct());
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SessionUnknown_AfterARestart_IsEstablishedAnewUnderTheSameNumber(Shape shape)
    {
        await using var scene = await StartAsync();
        await Calls.MakeAsync(scene.Invoker, shape);
        scene.Server.Restart();
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        var calls = scene.Server.Received.Skip(2).ToArray();
        Assert.Equal([false, true, false], calls.Select(static r => r.HasToken));
        SessionTests.AssertRepeats(calls[0], calls[1]);
        SessionTests.AssertRepeats(calls[1], calls[2]);
        Assert.Equal(3, calls.Select(static r => r.Proof.Session).Distinct().Count());
        Assert.Equal(2, scene.Server.Greeter.Runs);
    }

    [Theory, MemberData(nameof(Unrepeatable))]
    public async Task SessionUnknown_OfAStream_FailsAndTheNextOneIsRight(Shape shape)
    {
        await using var scene = await StartAsync();
        await Calls.MakeAsync(scene.Invoker, shape);
        scene.Server.Restart();
        SessionTests.AssertUnknown(await Calls.FailAsync(scene.Invoker, shape));
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal(2, scene.Server.Establishments.Count);
        Assert.Equal(2, scene.Server.Greeter.Runs);
    }

    [Theory]
    [InlineData(3600, 1)]
    [InlineData(-1, 2)]
    public async Task Stream_AfterTheEndTheServerTold_EstablishesAgain(int secondsLeft, int establishments)
    {
        await using var scene = await StartAsync();
        scene.Server.EstablishScript = establish =>
        {
            var body = establish.Body();
            body.Ends.Seconds = establish.Received.Now.MicrosecondsSinceEpoch / 1_000_000 + secondsLeft;
            return establish.SendAsync(establish.Proof, body.ToByteArray());
        };
        for (var i = 0; i < 2; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.Duplex));
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.Unary));
        Assert.Equal(establishments, scene.Server.Establishments.Count);
        Assert.Equal([false, false, false], scene.Server.Received.Select(static r => r.HasToken));
        Assert.Single(scene.Server.Received.Select(static r => r.Proof.Session).Distinct());
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SessionUnknown_OfTwoSessions_KeepsToTheFirstCallsForm(Shape shape)
    {
        await using var scene = await StartAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
            scene.Server.Restart();
        }

        scene.Server.Received.Clear();
        for (var i = 0; i < 2; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal([true, false, true, false], scene.Server.Received.Select(static r => r.HasToken));
        scene.RenewTicket();
        scene.Server.Received.Clear();
        for (var i = 0; i < 2; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal([true, false, false], scene.Server.Received.Select(static r => r.HasToken));
    }

    [Theory]
    [InlineData(-1, new[] { true, false, true, false })]
    [InlineData(0, new[] { true, false, false })]
    public async Task SessionUnknown_OfTwoSessions_IsForgottenAfterFiveMinutes(int seconds, bool[] tokens)
    {
        var time = new AdvancedTime();
        await using var scene = await ClientScene.StartAsync(tls: false, new ClientSettings { TimeProvider = time }, portability: Portability.Never);
        for (var i = 0; i < 3; i++)
        {
            await Calls.MakeAsync(scene.Invoker, Shape.Unary);
            scene.Server.Restart();
        }

        time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(seconds));
        scene.Server.Received.Clear();
        for (var i = 0; i < 2; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.Unary));
        Assert.Equal(tokens, scene.Server.Received.Select(static r => r.HasToken));
    }

    [Fact]
    public async Task SessionUnknown_TwiceButFiveMinutesApart_KeepsTheNextSession()
    {
        var time = new AdvancedTime();
        await using var scene = await ClientScene.StartAsync(tls: false, new ClientSettings { TimeProvider = time }, portability: Portability.Never);
        for (var i = 0; i < 3; i++)
        {
            await Calls.MakeAsync(scene.Invoker, Shape.Unary);
            scene.Server.Restart();
            time.Advance(TimeSpan.FromMinutes(5));
        }

        await Calls.MakeAsync(scene.Invoker, Shape.Unary);
        scene.Server.Received.Clear();
        await Calls.MakeAsync(scene.Invoker, Shape.Unary);
        Assert.Equal([false], scene.Server.Received.Select(static r => r.HasToken));
    }

    [Theory, MemberData(nameof(Unrepeatable))]
    public async Task SessionUnknown_OfTwoSessions_EstablishesForEachStream(Shape shape)
    {
        await using var scene = await StartAsync();
        for (var i = 0; i < 2; i++)
        {
            await Calls.MakeAsync(scene.Invoker, shape);
            scene.Server.Restart();
            await Calls.FailAsync(scene.Invoker, shape);
        }

        scene.Server.Establishments.Clear();
        for (var i = 0; i < 2; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal(2, scene.Server.Establishments.Count);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Retry_EachAttempt_IsProvedByTheSession(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(
            tls: false, configure: static o => o.ServiceConfig = AttemptTests.Config(static m => m.RetryPolicy = AttemptTests.Retry()), portability: Portability.Never);
        await Calls.MakeAsync(scene.Invoker, shape);
        scene.Server.Received.Clear();
        Assert.Equal(Calls.Words, await AttemptTests.RetriedAsync(scene, shape));
        Assert.Equal([false, false, false], scene.Server.Received.Select(static r => r.HasToken));
        Assert.Equal(3, scene.Server.Received.Select(static r => r.Number).Distinct().Count());
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task Retry_OfACallSentAgain_IsProvedByTheSessionJustProved(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(
            tls: false, configure: static o => o.ServiceConfig = AttemptTests.Config(static m => m.RetryPolicy = AttemptTests.Retry()), portability: Portability.Never);
        for (var i = 0; i < 3; i++)
        {
            await Calls.MakeAsync(scene.Invoker, shape);
            scene.Server.Restart();
        }

        // By now no session is kept from call to call.
        scene.Server.Received.Clear();
        scene.Server.Script = (received, run) =>
        {
            if (scene.Server.Received.Count != 2) return ScriptedServer.Answer(received, run);
            received.EndWith(14);
            return Task.CompletedTask;
        };
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        var calls = scene.Server.Received.ToArray();
        Assert.Equal([true, false, false], calls.Select(static r => r.HasToken));
        Assert.Equal(calls[1].Proof.Session, calls[2].Proof.Session);
        Assert.NotEqual(calls[1].Number, calls[2].Number);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task Prove_OfAHedgeThatWasNotTheLast_IsBelieved(Shape shape)
    {
        var policy = new HedgingPolicy { MaxAttempts = 2, HedgingDelay = TimeSpan.Zero };
        await using var scene = await ClientScene.StartAsync(
            tls: false, configure: o => o.ServiceConfig = AttemptTests.Config(m => m.HedgingPolicy = policy), portability: Portability.Never);
        var bothThere = new TaskCompletionSource();
        scene.Server.Script = async (received, run) =>
        {
            var tokens = scene.Server.Received.Where(static r => r.HasToken).ToArray();
            if (tokens.Length == 2) bothThere.TrySetResult();
            await bothThere.Task;
            if (received.HasToken && received.Number > tokens.Min(static r => r.Number)) await Task.Delay(Timeout.Infinite, received.Context.RequestAborted);
            else await ScriptedServer.Answer(received, run);
        };
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
    }

    [Theory]
    [InlineData("as it is", true)]
    [InlineData("KRB_AP_REP of another attempt", false)]
    [InlineData("another session", false)]
    [InlineData("K's session", false)]
    [InlineData("no session", false)]
    [InlineData("no KRB_AP_REP", false)]
    [InlineData("bent KRB_AP_REP", false)]
    public async Task Prove_IsProvedByItsApRepAlone(string what, bool isProved)
    {
        await using var scene = await StartAsync();
        byte[]? other = null;
        scene.Server.Script = async (received, run) =>
        {
            if (received.Refusal?.Answer is not { ApRep: { } apRep } prove)
            {
                await ScriptedServer.Answer(received, run);
                return;
            }

            other ??= apRep;
            var good = new RefusalValue(prove.Name) { Session = prove.Session, Token = apRep };
            received.EndWith(16, Change(good, what, received, other).Format());
        };
        if (what == "KRB_AP_REP of another attempt")
        {
            await Calls.MakeAsync(scene.Invoker, Shape.Unary);
            scene.Client.Resolve(scene.Server.Address + "greeter.v1.Greeter", "greeter.v1.Greeter").SessionFor(scene.Ticket).Drop(scene.Peer.SessionFor(scene.Ticket).Bound!);
        }

        var before = scene.Server.Received.Count;
        if (isProved) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.Unary));
        else Assert.Equal(KerberosError.ServerNotProven, (await Calls.FailAsync(scene.Invoker, Shape.Unary)).GetKerberosError());
        Assert.Equal(before + (isProved ? 2 : 1), scene.Server.Received.Count);
        scene.Server.Script = ScriptedServer.Answer;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.Unary));
    }

    [Fact]
    public async Task Prove_Always_IsSentAgainOnce()
    {
        await using var scene = await StartAsync();
        RefusalValue? first = null;
        scene.Server.Script = (received, _) =>
        {
            if (received.Refusal?.Answer is { ApRep: not null } prove) first ??= new RefusalValue(prove.Name) { Session = prove.Session, Token = prove.ApRep };
            received.EndWith(16, first!.Format());
            return Task.CompletedTask;
        };
        SessionTests.AssertUnknown(await Calls.FailAsync(scene.Invoker, Shape.Unary));
        Assert.Equal(2, scene.Server.Received.Count);
    }

    private static RefusalValue Change(RefusalValue good, string what, Received received, byte[] other)
    {
        var bent = good.Token.ToArray();
        bent[^1] ^= 1;
        SessionId.TryRead(new byte[16], out var none);
        return what switch
        {
            "KRB_AP_REP of another attempt" => good with { Token = other },
            "another session" => good with { Session = none },
            "K's session" => good with { Session = received.Proof.Session },
            "no session" => good with { Session = null },
            "no KRB_AP_REP" => good with { Token = default },
            "bent KRB_AP_REP" => good with { Token = bent },
            _ => good,
        };
    }

    private static Task<ClientScene> StartAsync(Portability portability = Portability.Never, bool tls = false, ClientSettings? settings = null) =>
        ClientScene.StartAsync(tls, settings, portability: portability);
}
