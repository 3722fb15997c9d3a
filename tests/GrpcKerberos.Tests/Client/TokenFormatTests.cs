using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>Tokens in the frames of stock clients, to a server that runs calls on them as stock acceptors do. Against real ones: the interop tests.</summary>
public sealed class TokenFormatTests
{
    public static TheoryData<int, Shape> All
    {
        get
        {
            var all = new TheoryData<int, Shape>();
            foreach (var framing in new[] { TokenFraming.Gss, TokenFraming.Spnego })
            {
                foreach (var shape in Enum.GetValues<Shape>()) all.Add((int)framing, shape);
            }

            return all;
        }
    }

    [Theory, MemberData(nameof(All))]
    public async Task Calls_AfterEachOther_EachHasATokenOfItsOwn(int framing, Shape shape)
    {
        await using var scene = await StartAsync((TokenFraming)framing);

        for (var i = 0; i < 3; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));

        Assert.Equal(3, scene.Server.Received.Select(static r => r.TokenText).Distinct().Count());
        Assert.All(scene.Server.Received, r => Assert.Equal((TokenFraming)framing, r.Initial!.Framing));
        // A stream cannot come again: it is asked once whether the server is one of ours.
        Assert.Equal(shape is Shape.ClientStreaming or Shape.Duplex ? 1 : 0, scene.Server.Establishments.Count);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Retry_OfAnAttempt_HasATokenOfItsOwn(int framing, Shape shape)
    {
        await using var scene = await StartAsync((TokenFraming)framing, static o => o.ServiceConfig = AttemptTests.Config(static m => m.RetryPolicy = AttemptTests.Retry()));

        Assert.Equal(Calls.Words, await AttemptTests.RetriedAsync(scene, shape));

        Assert.Equal(3, scene.Server.Received.Select(static r => r.TokenText).Distinct().Count());
        Assert.Equal(1, scene.Server.Greeter.Runs);
    }

    [Fact]
    public async Task Hedges_OfACall_AnAnswerToAnyOfThemCounts()
    {
        var policy = new HedgingPolicy { MaxAttempts = 3, HedgingDelay = TimeSpan.Zero, NonFatalStatusCodes = { StatusCode.Unavailable } };
        await using var scene = await StartAsync(TokenFraming.Gss, o => o.ServiceConfig = AttemptTests.Config(m => m.HedgingPolicy = policy));
        var allThere = new TaskCompletionSource();
        scene.Server.Script = async (received, run) =>
        {
            if (scene.Server.Received.Count == 3) allThere.TrySetResult();
            await allThere.Task;
            if (ReferenceEquals(received, scene.Server.Received.First())) await ScriptedServer.Answer(received, run);
            else received.EndWith((int)StatusCode.Unavailable);
        };

        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.Unary));
    }

    [Theory, MemberData(nameof(All))]
    public async Task Answer_ToAnotherCall_IsNotProven(int framing, Shape shape)
    {
        await using var scene = await StartAsync((TokenFraming)framing);
        await Calls.MakeAsync(scene.Invoker, shape);
        var first = scene.Server.Received.Single();
        scene.Server.Script = (received, run) =>
        {
            received.Context.Response.Headers[KerberosMetadata.WwwAuthenticate] = NegotiateValue.Format(first.Initial!.Answer(first.Accepted!.ApRep));
            return run();
        };

        var error = await Calls.FailAsync(scene.Invoker, shape);

        Assert.Equal((StatusCode.Unauthenticated, KerberosError.ServerNotProven), (error.StatusCode, error.GetKerberosError()!.Value));
        Assert.Contains("its www-authenticate: Negotiate is not this call's in the response headers", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_BesideARefusal_IsNone()
    {
        await using var scene = await StartAsync(TokenFraming.Gss);
        scene.Server.Script = static (received, run) =>
        {
            received.Context.Response.Headers[KerberosMetadata.WwwAuthenticate] = new([NegotiateValue.Format(received.Initial!.Answer(received.Accepted!.ApRep)), "Kerberos error=PROVE"]);
            return run();
        };

        Assert.Equal(KerberosError.ServerNotProven, (await Calls.FailAsync(scene.Invoker, Shape.Unary)).GetKerberosError());
    }

    [Fact]
    public async Task Token_TooLargeForAHeader_IsRefusedAtHome()
    {
        await using var scene = await StartAsync(TokenFraming.Gss);
        scene.UseLargeTickets();

        Assert.Equal(KerberosError.TokenTooLarge, (await Calls.FailAsync(scene.Invoker, Shape.Unary)).GetKerberosError());
        Assert.Empty(scene.Server.Received);
    }

    private static async Task<ClientScene> StartAsync(TokenFraming framing, Action<GrpcChannelOptions>? configure = null)
    {
        var scene = await ClientScene.StartAsync(settings: new ClientSettings { Framing = framing, MaxHeaderTokenBytes = 1024 }, configure: configure);
        scene.Server.RunsOnTokenAlone = true;
        scene.Server.Restart();
        scene.Server.EstablishScript = static establish =>
        {
            establish.Received.EndWith((int)StatusCode.Unimplemented);
            return Task.CompletedTask;
        };
        return scene;
    }
}
