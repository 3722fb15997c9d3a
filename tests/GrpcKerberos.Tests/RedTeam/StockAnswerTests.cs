using Grpc.Core;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Tests.Client;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>A token in a stock client's frame, and somebody on the way who keeps what the server said to it.</summary>
public sealed class StockAnswerTests
{
    /// <summary>The server ran nothing and said so: its KRB_AP_REP must not make a forged answer to the call that comes again look like its own.</summary>
    [Theory]
    [InlineData(Shape.Blocking)]
    [InlineData(Shape.Unary)]
    [InlineData(Shape.ServerStreaming)]
    public async Task ApRepOfARefusal_OnAForgedAnswerToTheCallThatComesAgain_IsNotProven(Shape shape)
    {
        await using var scene = await StartAsync(runs: false);
        scene.Server.Script = (received, run) =>
        {
            if (scene.Server.Received.Count == 1) return ScriptedServer.Answer(received, run);
            var first = scene.Server.Received.First();
            received.Context.Response.Headers[KerberosMetadata.WwwAuthenticate] = NegotiateValue.Format(first.Initial!.Answer(first.Refusal!.Answer.ApRep));
            return run();
        };

        var error = await Calls.FailAsync(scene.Invoker, shape);

        Assert.Equal(KerberosError.ServerNotProven, error.GetKerberosError());
        Assert.Equal(2, scene.Server.Received.Count);
    }

    /// <summary>Without mutual authentication an absent proof passes, and a wrong one never: two of them are wrong.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task WrongAnswers_WithoutMutualAuthentication_DoNotPass(int count)
    {
        await using var scene = await StartAsync(runs: true, mutual: false);
        scene.Server.Script = (received, run) =>
        {
            received.Context.Response.Headers[KerberosMetadata.WwwAuthenticate] = new([.. Enumerable.Repeat("Negotiate YII=", count)]);
            return run();
        };

        Assert.Equal(KerberosError.ServerNotProven, (await Calls.FailAsync(scene.Invoker, Shape.Unary)).GetKerberosError());
    }

    [Fact]
    public async Task AbsentAnswer_WithoutMutualAuthentication_Passes()
    {
        await using var scene = await StartAsync(runs: true, mutual: false);
        scene.Server.Script = static (_, run) => run();

        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.Unary));
    }

    /// <summary>K's id stands in the proof of Establish, for everybody to read; to say it again is no proof that a token was opened.</summary>
    [Theory]
    [InlineData(Shape.Unary)]
    [InlineData(Shape.ClientStreaming)]
    public async Task ProveWithoutKrbApRep_NamingAnIdReadOnItsWay_IsNotBelieved(Shape shape)
    {
        await using var scene = await StartAsync(runs: true, mutual: false);
        scene.Server.EstablishScript = static establish =>
        {
            establish.Received.EndWith(12);
            return Task.CompletedTask;
        };
        scene.Server.Script = (received, run) =>
        {
            if (shape == Shape.Unary && scene.Server.Received.Count == 1) return ScriptedServer.Answer(received, run);
            received.EndWith(16, new RefusalValue("PROVE") { Session = scene.Server.Establishments.First().Received.Proof.Session }.Format());
            return Task.CompletedTask;
        };
        if (shape == Shape.Unary) await Calls.MakeAsync(scene.Invoker, Shape.ClientStreaming);

        Assert.Equal(KerberosError.ServerNotProven, (await Calls.FailAsync(scene.Invoker, shape)).GetKerberosError());

        // It is spoken to as before.
        scene.Server.Script = ScriptedServer.Answer;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.Unary));
        Assert.All(scene.Server.Received, static r => Assert.NotNull(r.Initial));
    }

    /// <summary>Establish told everybody K's id, and then proved that the server has K: to be sent to K is nothing new, and no reason to fail a call that was under way.</summary>
    [Fact]
    public async Task ProveWithoutKrbApRep_AfterEstablishProvedTheSession_IsBelieved()
    {
        await using var scene = await StartAsync(runs: false, mutual: false);
        var (arrived, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        scene.Server.Script = async (received, run) =>
        {
            if (received.Initial is not null)
            {
                arrived.TrySetResult();
                await release.Task;
            }

            await ScriptedServer.Answer(received, run);
        };
        var underWay = Calls.MakeAsync(scene.Invoker, Shape.Unary);
        await arrived.Task;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.ClientStreaming));

        release.SetResult();

        Assert.Equal(Calls.Words, await underWay);
        Assert.Single(scene.Server.Establishments);
    }

    /// <summary>A hedge's token may still be in the making when the PROVE comes: it must not make the KRB_AP_REP of that PROVE count again.</summary>
    [Fact]
    public async Task TokenMadeWhileThePROVECame_LetsNoStockAnswerCount()
    {
        await using var scene = await StartAsync(runs: false);
        var attempts = new AttemptCredentials(scene.Client, new NeverStarted());
        var prove = attempts.First();
        var context = new AuthInterceptorContext(new Uri(scene.Server.Address, NeverStarted.Called.ServiceName).ToString(), NeverStarted.Called.Name);
        await prove(context, []);
        Assert.True(attempts.HasTokenAlone);

        attempts.EndTokensAlone();
        await prove(context, []);

        Assert.False(attempts.Latest!.Call.HasProof);
        Assert.False(attempts.HasTokenAlone);
    }

    [Theory]
    [InlineData((int)SpnegoState.Reject)]
    [InlineData(-1)]
    [InlineData(-2)]
    public async Task KrbApRep_RejectedOrInTheTrailers_IsNotProven(int state)
    {
        await using var scene = await StartAsync(runs: true);
        scene.Server.Script = async (received, run) =>
        {
            var framed = GssFrame.WrapApRep(received.Accepted!.ApRep);
            var value = NegotiateValue.Format(state < 0 ? framed : Spnego.WriteResponse((SpnegoState)state, Mechanism.Kerberos, framed))!;
            if (state == -1)
            {
                await run();
                received.Context.Response.AppendTrailer(KerberosMetadata.WwwAuthenticate, value);
                return;
            }

            received.Context.Response.Headers[KerberosMetadata.WwwAuthenticate] = state == -2 ? new Microsoft.Extensions.Primitives.StringValues([value, value]) : value;
            await run();
        };

        Assert.Equal(KerberosError.ServerNotProven, (await Calls.FailAsync(scene.Invoker, Shape.Unary)).GetKerberosError());
    }

    private static async Task<ClientScene> StartAsync(bool runs, bool mutual = true)
    {
        var scene = await ClientScene.StartAsync(settings: new ClientSettings { Framing = TokenFraming.Gss, RequireMutualAuthentication = mutual });
        scene.Server.RunsOnTokenAlone = runs;
        scene.Server.Restart();
        return scene;
    }

    private sealed class NeverStarted() : CallStart(Called)
    {
        public static Method<string, string> Called { get; } = new(MethodType.Unary, "greeter.v1.Greeter", "SayHello", Marshallers.StringMarshaller, Marshallers.StringMarshaller);

        public override IInnerCall Start(AsyncAuthInterceptor prove) => throw new NotSupportedException();

        public override Task<IInnerCall> StartEstablishAsync(EstablishMessage message, CallOptions options) => throw new NotSupportedException();
    }
}
