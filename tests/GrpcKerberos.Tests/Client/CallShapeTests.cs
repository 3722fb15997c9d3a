using Grpc.Core;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>Each shape of call, over TLS and over h2c: what a good server's answer comes to, and each of its one-step changes.</summary>
public class CallShapeTests
{
    public static TheoryData<Shape, bool> All
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

    [Theory, MemberData(nameof(All))]
    public async Task Call_GoodServer_AnswersAndKnowsTheCaller(Shape shape, bool tls)
    {
        await using var scene = await ClientScene.StartAsync(tls);
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        var received = Assert.Single(scene.Server.Received);
        Assert.Equal(FakeTickets.Client, received.Accepted!.Session!.Client.ToString());
    }

    [Theory, MemberData(nameof(All))]
    public async Task Call_ServerHasAnotherKey_IsTicketRefusedAndTheTicketForgotten(Shape shape, bool tls)
    {
        await using var scene = await ClientScene.StartAsync(tls);
        scene.Tickets.Change = ticket => ticket.SealingKey = Protocol.Crypto.LongTermKey.Generate(ticket.EncryptionType);
        var failure = await Calls.FailAsync(scene.Invoker, shape);
        AssertOurs(failure, KerberosError.TicketRefused, "HTTP/localhost@TEST.LOCAL cannot open our ticket (kvno 1, aes256-cts-hmac-sha384-192).");
        Assert.Equal(1, scene.Tickets.Forgotten);
        scene.Tickets.Change = null;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Single(scene.Server.Received, static r => r.Accepted is not null);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Call_AuthenticationInfoStripped_IsNotProven(Shape shape, bool tls) =>
        await IsNotProvenAsync(shape, tls, (_, run) => run());

    [Theory, InlineData(Shape.Blocking), InlineData(Shape.Unary), InlineData(Shape.ClientStreaming), InlineData(Shape.ServerStreaming), InlineData(Shape.Duplex)]
    public async Task Call_ApRepStripped_IsNotProven(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = (received, run) => ProveAsync(received, run, received.Answer!.Value with { Token = default });
        AssertOurs(await Calls.FailAsync(scene.Invoker, shape), KerberosError.ServerNotProven, "HTTP/localhost@TEST.LOCAL answered without proving who it is");
        scene.Server.Script = ScriptedServer.Answer;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal(2, scene.Server.Received.Count);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Call_MicOfAnotherKey_IsNotProven(Shape shape, bool tls) =>
        await IsNotProvenAsync(shape, tls, (received, run) =>
        {
            var mic = received.Answer!.Value.Mic.ToArray();
            mic[^1] ^= 1;
            return ProveAsync(received, run, received.Answer.Value with { Mic = new Mic(mic) });
        });

    [Theory, MemberData(nameof(All))]
    public async Task Call_TwoAuthenticationInfos_IsNotProven(Shape shape, bool tls) =>
        await IsNotProvenAsync(shape, tls, (received, run) =>
        {
            var value = received.Answer!.Value.Format();
            received.Context.Response.Headers[KerberosMetadata.AuthenticationInfo] = new[] { value, value };
            return run();
        });

    [Theory, MemberData(nameof(All))]
    public async Task Call_AnswerOfAnEarlierCall_IsNotProven(Shape shape, bool tls)
    {
        AnswerValue? first = null;
        await using var scene = await ClientScene.StartAsync(tls);
        scene.Server.Script = (received, run) => ProveAsync(received, run, (first ??= received.Answer)!.Value);
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        AssertOurs(await Calls.FailAsync(scene.Invoker, shape), KerberosError.ServerNotProven, "HTTP/localhost@TEST.LOCAL answered without proving who it is");
    }

    [Theory, MemberData(nameof(All))]
    public async Task Call_KdcDown_IsUnavailableAndNothingIsSent(Shape shape, bool tls)
    {
        await using var scene = await ClientScene.StartAsync(tls);
        scene.Tickets.Kdc = Task.FromException(new KerberosException(KerberosError.KdcUnreachable, "No KDC of TEST.LOCAL answered in 10 s. Next: check TCP port 88."));
        var failure = await Calls.FailAsync(scene.Invoker, shape);
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.Equal("No KDC of TEST.LOCAL answered in 10 s. Next: check TCP port 88.", failure.Status.Detail);
        Assert.Equal(KerberosError.KdcUnreachable, failure.GetKerberosError());
        Assert.Empty(scene.Server.Received);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Call_DeadlineWhileTheTicketIsFetched_IsDeadlineExceededAndHarmsNobodyElse(Shape shape, bool tls)
    {
        await using var scene = await ClientScene.StartAsync(tls);
        var kdc = new TaskCompletionSource();
        scene.Tickets.Kdc = kdc.Task;
        var patient = Calls.MakeAsync(scene.Invoker, shape);
        var failure = await Calls.FailAsync(scene.Invoker, shape, new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(100)));
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        kdc.SetResult();
        Assert.Equal(Calls.Words, await patient);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Call_CancelledWhileTheTicketIsFetched_IsCancelled(Shape shape, bool tls)
    {
        await using var scene = await ClientScene.StartAsync(tls);
        scene.Tickets.Kdc = new TaskCompletionSource().Task;
        using var cancellation = new CancellationTokenSource();
        var call = Calls.FailAsync(scene.Invoker, shape, new CallOptions(cancellationToken: cancellation.Token));
        await scene.Tickets.Asked.Task;
        await cancellation.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await call).StatusCode);
    }

    internal static void AssertOurs(RpcException failure, KerberosError error, string textBegins)
    {
        Assert.Equal(error, failure.GetKerberosError());
        Assert.Equal(error, Assert.IsType<KerberosException>(failure.Status.DebugException).Error);
        Assert.StartsWith(textBegins, failure.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("Next:", failure.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(StatusCode.Unauthenticated, failure.StatusCode);
    }

    private static Task ProveAsync(Received received, Func<Task> run, AnswerValue answer)
    {
        received.Prove(answer);
        return run();
    }

    private static async Task IsNotProvenAsync(Shape shape, bool tls, Func<Received, Func<Task>, Task> script)
    {
        await using var scene = await ClientScene.StartAsync(tls);
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        scene.Server.Script = script;
        AssertOurs(await Calls.FailAsync(scene.Invoker, shape), KerberosError.ServerNotProven, "HTTP/localhost@TEST.LOCAL answered without proving who it is");
        Assert.Equal(2, scene.Server.Received.Count);
    }
}
