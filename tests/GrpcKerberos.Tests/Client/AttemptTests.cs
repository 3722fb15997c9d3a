using Grpc.Core;
using Grpc.Net.Client.Configuration;
using GrpcKerberos.Protocol;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>What gRPC makes of a call, attempt by attempt.</summary>
public class AttemptTests
{
    public static TheoryData<Shape> All => new(Enum.GetValues<Shape>());

    [Theory, MemberData(nameof(All))]
    public async Task Retry_EachAttempt_HasItsOwnProof(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(configure: static o => o.ServiceConfig = Config(static m => m.RetryPolicy = Retry()));
        Assert.Equal(Calls.Words, await RetriedAsync(scene, shape));
        AssertAllDistinct(scene, 3);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Retry_OfAKnownSession_CarriesATokenAndANewNumber(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(configure: static o => o.ServiceConfig = Config(static m => m.RetryPolicy = Retry()));
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        scene.Server.Received.Clear();
        Assert.Equal(Calls.Words, await RetriedAsync(scene, shape));
        var isStream = shape is Shape.ClientStreaming or Shape.Duplex;
        Assert.Equal([isStream, true, true], scene.Server.Received.Select(static r => r.HasToken));
        AssertAllDistinct(scene, 3);
    }

    [Theory, InlineData(Shape.Blocking), InlineData(Shape.Unary), InlineData(Shape.ServerStreaming)]
    public async Task Hedging_AnyAttempt_MayAnswer(Shape shape)
    {
        var policy = new HedgingPolicy { MaxAttempts = 3, HedgingDelay = TimeSpan.Zero, NonFatalStatusCodes = { StatusCode.Unavailable } };
        await using var scene = await ClientScene.StartAsync(configure: o => o.ServiceConfig = Config(m => m.HedgingPolicy = policy));
        var allThere = new TaskCompletionSource();
        var answered = 0;
        scene.Server.Script = async (received, run) =>
        {
            if (scene.Server.Received.Count == 3) allThere.TrySetResult();
            await allThere.Task;
            if (Interlocked.Increment(ref answered) == 3) await ScriptedServer.Answer(received, run);
            else received.EndWith((int)StatusCode.Unavailable);
        };
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        AssertAllDistinct(scene, 3);
    }

    [Fact]
    public async Task Calls_Concurrent_ShareOneSessionAndNoNumber()
    {
        await using var scene = await ClientScene.StartAsync();
        // Held until all are there: a call that begins after an answer needs no token.
        var arrived = 0;
        var allThere = new TaskCompletionSource();
        scene.Server.Script = async (received, run) =>
        {
            if (Interlocked.Increment(ref arrived) == 64) allThere.SetResult();
            await allThere.Task;
            await ScriptedServer.Answer(received, run);
        };
        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => Calls.MakeAsync(scene.Invoker, (Shape)(i % 5)))));
        AssertAllDistinct(scene, 64);
        Assert.Equal(1, scene.Tickets.Issued);
    }

    [Fact]
    public async Task Calls_WithARenewedTicket_HaveANewSession()
    {
        await using var scene = await ClientScene.StartAsync();
        await Calls.MakeAsync(scene.Invoker, Shape.Unary);
        scene.Tickets.Forget(await scene.Tickets.GetAsync(KerberosPrincipal.Parse("HTTP/localhost@TEST.LOCAL"), default));
        await Calls.MakeAsync(scene.Invoker, Shape.Unary);
        Assert.Equal(2, scene.Server.Received.Select(static r => r.Proof.Session).Distinct().Count());
    }

    [Fact]
    public async Task Call_WithCredentialsOfItsOwn_CarriesBoth()
    {
        await using var scene = await ClientScene.StartAsync();
        var mine = CallCredentials.FromInterceptor(static (_, metadata) =>
        {
            metadata.Add("x-mine", "1");
            return Task.CompletedTask;
        });
        string? seen = null;
        scene.Server.Script = (received, run) =>
        {
            seen = received.Context.Request.Headers["x-mine"];
            return ScriptedServer.Answer(received, run);
        };
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.Unary, new CallOptions(credentials: mine)));
        Assert.Equal("1", seen);
    }

    private static void AssertAllDistinct(ClientScene scene, int count)
    {
        var attempts = scene.Server.Received.ToArray();
        Assert.Equal(count, attempts.Length);
        Assert.All(attempts, static a => Assert.NotNull(a.Accepted));
        Assert.Equal(count, attempts.Select(static a => a.Number).Distinct().Count());
        Assert.Equal(count, attempts.Select(static a => a.Proof.Time).Distinct().Count());
        Assert.Equal(count, attempts.Select(static a => a.TokenText).Distinct().Count());
        Assert.Equal(count, attempts.Select(static a => a.MicText).Distinct().Count());
        Assert.Single(attempts.Select(static a => a.Proof.Session).Distinct());
    }

    /// <summary>A call whose first two attempts end UNAVAILABLE, once all is written.</summary>
    /// <remarks>
    /// gRPC's own buffer of what to send again is no concern of ours, and a write that meets the end of an attempt may fail in it:
    /// once the next attempt has an answer the buffer is empty, and Grpc.Net.Client 2.85 takes the message from it (RetryCallBase.WriteNewMessage).
    /// </remarks>
    internal static Task<string> RetriedAsync(ClientScene scene, Shape shape)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        scene.Server.Script = async (received, run) =>
        {
            await written.Task;
            if (scene.Server.Received.Count > 2) await ScriptedServer.Answer(received, run);
            else received.EndWith((int)StatusCode.Unavailable);
        };
        return Calls.MakeAsync(scene.Invoker, shape, default, written);
    }

    internal static RetryPolicy Retry() => new()
    {
        MaxAttempts = 3,
        InitialBackoff = TimeSpan.FromMilliseconds(1),
        MaxBackoff = TimeSpan.FromMilliseconds(1),
        BackoffMultiplier = 1,
        RetryableStatusCodes = { StatusCode.Unavailable },
    };

    internal static ServiceConfig Config(Action<MethodConfig> set)
    {
        var method = new MethodConfig { Names = { MethodName.Default } };
        set(method);
        return new ServiceConfig { MethodConfigs = { method } };
    }
}
