using Grpc.Core;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing.Tickets;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>The server's clock is ten minutes ahead, or somebody says so.</summary>
public class ClockSkewTests
{
    private static readonly TimeSpan s_ahead = TimeSpan.FromMinutes(10);

    public static TheoryData<Shape> Repeatable => [Shape.Blocking, Shape.Unary, Shape.ServerStreaming];

    public static TheoryData<Shape> Unrepeatable => [Shape.ClientStreaming, Shape.Duplex];

    [Theory, MemberData(nameof(Repeatable))]
    public async Task Skew_Proved_IsSentAgainOnceUnderTheSameNumber(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(serverClock: new ShiftedTime(s_ahead));
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        var attempts = scene.Server.Received.ToArray();
        Assert.Equal(2, attempts.Length);
        Assert.Equal(attempts[0].Number, attempts[1].Number);
        Assert.Equal(attempts[0].Proof.Session, attempts[1].Proof.Session);
        Assert.NotEqual(attempts[0].MicText, attempts[1].MicText);
        Assert.NotEqual(attempts[0].TokenText, attempts[1].TokenText);
        Assert.InRange(attempts[1].Proof.Time - attempts[0].Proof.Time, s_ahead - TimeSpan.FromMinutes(1), s_ahead + TimeSpan.FromMinutes(1));
        Assert.Equal(1, scene.Server.Greeter.Runs);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task Skew_OfAnAttemptHeldUp_MovesNoClock(Shape shape)
    {
        var heldUp = TimeSpan.FromMinutes(4);
        var clock = new ShiftedTime(TimeSpan.Zero);
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { TimeProvider = clock });
        scene.Server.Script = (received, run) =>
        {
            if (scene.Server.Received.Count > 1) return ScriptedServer.Answer(received, run);
            clock.Shift += heldUp;
            (received with { Now = received.Now + heldUp }).RefuseProved(ApRejection.CallTimeSkew);
            return Task.CompletedTask;
        };
        // It was taken after all, so the second attempt is a repetition; its time is what counts here.
        Assert.Equal(KerberosError.Replayed, (await Calls.FailAsync(scene.Invoker, shape)).GetKerberosError());
        var attempts = scene.Server.Received.ToArray();
        Assert.InRange(attempts[1].Proof.Time - attempts[0].Proof.Time, heldUp, heldUp + TimeSpan.FromMinutes(1));
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task Skew_ProvedAndAnswered_IsKeptForTheNextCall(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(serverClock: new ShiftedTime(s_ahead));
        await Calls.MakeAsync(scene.Invoker, shape);
        await Calls.MakeAsync(scene.Invoker, shape);
        Assert.Equal(3, scene.Server.Received.Count);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task Skew_ProvedButTheAnswerIsNot_IsNotKept(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(serverClock: new ShiftedTime(s_ahead));
        scene.Server.Script = static (received, run) => received.Accepted is null ? ScriptedServer.Answer(received, run) : run();
        Assert.Equal(KerberosError.ServerNotProven, (await Calls.FailAsync(scene.Invoker, shape)).GetKerberosError());
        scene.Server.Script = ScriptedServer.Answer;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal(4, scene.Server.Received.Count);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task Skew_AfterOneCorrectionToo_Fails(Shape shape)
    {
        var clock = new ShiftedTime(s_ahead);
        await using var scene = await ClientScene.StartAsync(serverClock: clock);
        scene.Server.Script = (received, run) =>
        {
            clock.Shift += s_ahead;
            return ScriptedServer.Answer(received, run);
        };
        var failure = await Calls.FailAsync(scene.Invoker, shape);
        CallShapeTests.AssertOurs(failure, KerberosError.ClockSkew, "This host's clock is ");
        Assert.Contains("behind HTTP/localhost@TEST.LOCAL (limit 5 min), also after one correction.", failure.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(2, scene.Server.Received.Count);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task Skew_ProvedTooLate_IsNotSentAgain(Shape shape)
    {
        var clock = new ShiftedTime(TimeSpan.Zero);
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { TimeProvider = clock }, serverClock: new ShiftedTime(s_ahead));
        scene.Server.Script = (received, run) =>
        {
            clock.Passed += TimeSpan.FromMinutes(5);
            return ScriptedServer.Answer(received, run);
        };
        var failure = await Calls.FailAsync(scene.Invoker, shape);
        Assert.Equal(KerberosError.ClockSkew, failure.GetKerberosError());
        Assert.Contains("and this call cannot be sent again. Next: call again", failure.Status.Detail, StringComparison.Ordinal);
        Assert.Single(scene.Server.Received);
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal(2, scene.Server.Received.Count);
    }

    [Theory, MemberData(nameof(Unrepeatable))]
    public async Task Skew_OfAStream_FailsAndTheNextCallIsRight(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(serverClock: new ShiftedTime(s_ahead));
        CallShapeTests.AssertOurs(await Calls.FailAsync(scene.Invoker, shape), KerberosError.ClockSkew, "This host's clock is ");
        Assert.Single(scene.Server.Received);
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal(3, scene.Server.Received.Count);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task Skew_OfACallSentBeforeTheServersStart_IsSentAgainAndMovesNoClock(Shape shape)
    {
        var clock = new ShiftedTime(TimeSpan.Zero);
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { TimeProvider = clock }, serverClock: clock);
        scene.Server.Script = (received, _) =>
        {
            // Two seconds on its way, by either clock.
            clock.Shift = TimeSpan.FromSeconds(2);
            (received with { Now = received.Now + clock.Shift }).RefuseProved(ApRejection.BeforeStart);
            scene.Server.Restart();
            scene.Server.Script = ScriptedServer.Answer;
            return Task.CompletedTask;
        };
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal(2, scene.Server.Received.Count);
        Assert.Equal(TimeSpan.Zero, scene.Peer.Offset);
    }

    [Theory, MemberData(nameof(Repeatable)), MemberData(nameof(Unrepeatable))]
    public async Task Clock_BehindTheTicketsStart_IsMovedThereAndKeptOnceProved(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { TimeProvider = new ShiftedTime(-s_ahead) });
        scene.Tickets.Change = static t => Starting(TimeSpan.Zero, t);

        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));

        Assert.Equal(2, scene.Server.Received.Count);
        Assert.InRange(scene.Peer.Offset, s_ahead - TimeSpan.FromMinutes(1), s_ahead);
    }

    /// <summary>A login of half an hour ago: its start is not what the service's clock shows, and that says the rest.</summary>
    [Theory, MemberData(nameof(Repeatable))]
    public async Task Clock_BehindTheStartOfAnOldTicket_IsMovedTwice(Shape shape)
    {
        var age = TimeSpan.FromMinutes(30);
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { TimeProvider = new ShiftedTime(-s_ahead - age) });
        scene.Tickets.Change = t => Starting(age, t);

        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));

        Assert.Equal(2, scene.Server.Received.Count);
        Assert.InRange(scene.Peer.Offset, s_ahead + age - TimeSpan.FromMinutes(1), s_ahead + age);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task Clock_BehindTheStartOfAPostdatedTicket_IsNotMoved(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { TimeProvider = new ShiftedTime(-s_ahead) });
        scene.Tickets.Change = static t => Starting(TimeSpan.Zero, t).Flags |= TicketFlags.Postdated;

        Assert.Equal(KerberosError.CredentialsExpired, (await Calls.FailAsync(scene.Invoker, shape)).GetKerberosError());

        Assert.Empty(scene.Server.Received);
        Assert.Equal(TimeSpan.Zero, scene.Peer.Offset);
    }

    private static TicketTemplate Starting(TimeSpan ago, TicketTemplate ticket)
    {
        ticket.AuthTime = new KerberosTime(TimeProvider.System.GetUtcNow() - ago);
        ticket.StartTime = ticket.AuthTime;
        return ticket;
    }

    public static TheoryData<Shape, bool> Forged
    {
        get
        {
            var data = new TheoryData<Shape, bool>();
            foreach (var shape in Enum.GetValues<Shape>())
            {
                data.Add(shape, true);
                data.Add(shape, false);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Forged))]
    public async Task Skew_Forged_MovesNoClockAndIsNotSentAgain(Shape shape, bool withMic)
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = (received, _) =>
        {
            var service = KerberosPrincipal.Parse("HTTP/localhost@TEST.LOCAL");
            var error = new KrbError(KerberosErrorCode.KRB_AP_ERR_SKEW, received.Now + TimeSpan.FromHours(8), service, received.Proof.Time).Encode();
            received.EndWith(16, new RefusalValue("SKEW") { KrbError = error, Mic = withMic ? received.Answer!.Value.Mic : default }.Format());
            return Task.CompletedTask;
        };
        CallShapeTests.AssertOurs(await Calls.FailAsync(scene.Invoker, shape), KerberosError.ServerNotProven, "HTTP/localhost@TEST.LOCAL answered without proving");
        Assert.Single(scene.Server.Received);
        scene.Server.Script = ScriptedServer.Answer;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        var times = scene.Server.Received.Select(static r => r.Proof.Time).ToArray();
        Assert.InRange(times[1] - times[0], TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Skew_InAnAnswerThatProvesTheServer_IsNotBelieved()
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = static (received, run) =>
        {
            received.Prove();
            return run();
        };
        scene.Server.Greeter.Hook = static _ => throw new RpcException(
            new Status(StatusCode.Unauthenticated, "inner"), new Metadata { { KerberosMetadata.WwwAuthenticate, "Kerberos error=TICKET_EXPIRED" }, { "x-inner", "kept" } });
        foreach (var shape in Enum.GetValues<Shape>())
        {
            var before = scene.Server.Greeter.Runs;
            var failure = await Calls.FailAsync(scene.Invoker, shape);
            Assert.Equal(StatusCode.Unauthenticated, failure.StatusCode);
            Assert.Equal("inner", failure.Status.Detail);
            Assert.Null(failure.GetKerberosError());
            Assert.Equal("kept", failure.Trailers.GetValue("x-inner"));
            Assert.Null(failure.Trailers.Get(KerberosMetadata.WwwAuthenticate));
            Assert.Null(failure.Trailers.Get(KerberosMetadata.AuthenticationInfo));
            Assert.Equal(before + 1, scene.Server.Greeter.Runs);
            Assert.Equal(0, scene.Tickets.Forgotten);
        }
    }
}
