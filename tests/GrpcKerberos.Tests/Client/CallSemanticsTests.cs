using Greeter.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using GrpcKerberos.Protocol;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>A guarded call is used as any call of gRPC is.</summary>
public class CallSemanticsTests
{
    [Theory]
    [InlineData(Shape.Unary)]
    [InlineData(Shape.ServerStreaming)]
    [InlineData(Shape.ClientStreaming)]
    [InlineData(Shape.Duplex)]
    [InlineData(Shape.Blocking)]
    public async Task Call_ThroughTwoInterceptors_IsNotSent(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync();
        await Calls.MakeAsync(scene.Invoker, shape);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Calls.MakeAsync(scene.Invoker.WithKerberos(scene.Interceptor), shape));

        Assert.StartsWith("The call goes through two KerberosClientInterceptors", error.Message, StringComparison.Ordinal);
        Assert.Single(scene.Server.Received);
    }

    [Fact]
    public async Task Unary_BeforeItIsComplete_HasNeitherStatusNorTrailers()
    {
        await using var scene = await ClientScene.StartAsync();
        var release = new TaskCompletionSource();
        scene.Server.Greeter.Hook = _ => release.Task;
        using var call = NewClient(scene).SayHelloAsync(new HelloRequest { Name = "x" });
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
        release.SetResult();
        Assert.Equal("x", (await call).Message);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Equal("trailer", call.GetTrailers().GetValue("x-after"));
    }

    [Fact]
    public async Task Headers_Proved_ComeWithoutOurs()
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Greeter.Hook = static context => context.WriteResponseHeadersAsync(new Metadata { { "x-before", "header" } });
        using var call = NewClient(scene).SayHelloAsync(new HelloRequest { Name = "x" });
        var headers = await call.ResponseHeadersAsync;
        Assert.Equal("header", headers.GetValue("x-before"));
        Assert.Null(headers.Get(KerberosMetadata.AuthenticationInfo));
        await call;
    }

    [Fact]
    public async Task Headers_OfAnImpostor_FailAsTheCallDoes()
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = static (_, run) => run();
        using var call = NewClient(scene).SayHelloAsync(new HelloRequest { Name = "x" });
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseHeadersAsync);
        Assert.Equal(KerberosError.ServerNotProven, failure.GetKerberosError());
        Assert.Equal(StatusCode.Unauthenticated, call.GetStatus().StatusCode);
        Assert.Empty(call.GetTrailers());
    }

    [Fact]
    public async Task Duplex_EachAnswer_ComesBeforeTheNextQuestion()
    {
        await using var scene = await ClientScene.StartAsync();
        using var call = NewClient(scene).Chat();
        for (var i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(new HelloRequest { Name = $"{i}" });
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal($"{i}", call.ResponseStream.Current.Message);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Equal("trailer", call.GetTrailers().GetValue("x-after"));
    }

    [Fact]
    public async Task Duplex_ReadCancelledBeforeTheProof_CancelsTheCall()
    {
        await using var scene = await ClientScene.StartAsync();
        var reached = new TaskCompletionSource<CancellationToken>();
        scene.Server.Greeter.Hook = context =>
        {
            reached.SetResult(context.CancellationToken);
            return Task.CompletedTask;
        };
        using var call = NewClient(scene).Chat();
        using var cancellation = new CancellationTokenSource();
        var read = call.ResponseStream.MoveNext(cancellation.Token);
        var server = await reached.Task;
        await cancellation.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => read)).StatusCode);
        await Until(server);
    }

    [Fact]
    public async Task Unary_Disposed_IsCancelledOnBothSides()
    {
        await using var scene = await ClientScene.StartAsync();
        var reached = new TaskCompletionSource<CancellationToken>();
        scene.Server.Greeter.Hook = async context =>
        {
            reached.SetResult(context.CancellationToken);
            await Until(context.CancellationToken);
        };
        var call = NewClient(scene).SayHelloAsync(new HelloRequest { Name = "x" });
        var server = await reached.Task;
        call.Dispose();
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        await Until(server);
    }

    [Fact]
    public async Task ClientStreaming_WrittenToAfterARefusal_ShowsNothingOfOurs()
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = static (received, _) =>
        {
            received.EndWith(5, "Kerberos error=TICKET_EXPIRED");
            return Task.CompletedTask;
        };
        using var call = NewClient(scene).CollectHellos();
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new HelloRequest { Name = "x" }));
        Assert.Equal(KerberosError.ServerNotProven, failure.GetKerberosError());
        Assert.Empty(failure.Trailers);
    }

    [Fact]
    public async Task Blocking_ThroughThePlainInterceptor_FailsAndSendsNothing()
    {
        await using var scene = await ClientScene.StartAsync();
        var client = new Greeter.V1.Greeter.GreeterClient(scene.Channel.Intercept(scene.Interceptor));
        var failure = Assert.Throws<InvalidOperationException>(() => client.SayHello(new HelloRequest { Name = "x" }));
        Assert.Equal(
            "A blocking call hides its response headers from interceptors, so the server's proof cannot be checked. Nothing was sent. "
            + "Next: call SayHelloAsync, or make the client with WithKerberos(…).",
            failure.Message);
        Assert.Empty(scene.Server.Received);
        Assert.Equal("x", (await client.SayHelloAsync(new HelloRequest { Name = "x" })).Message);
    }

    [Theory, InlineData(Shape.Blocking), InlineData(Shape.Unary), InlineData(Shape.ClientStreaming), InlineData(Shape.ServerStreaming), InlineData(Shape.Duplex)]
    public async Task Plaintext_WithoutTheUnsafeOption_IsProofSkipped(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(tls: false, configure: static o => o.UnsafeUseInsecureChannelCallCredentials = false);
        scene.Server.Script = static (_, run) => run();
        CallShapeTests.AssertOurs(
            await Calls.FailAsync(scene.Invoker, shape), KerberosError.ProofSkipped, "The call went out without Kerberos: gRPC drops call credentials on an http:// channel. The answer was discarded.");
    }

    [Fact]
    public async Task Refusal_MetByAClientWithoutUs_IsReadFromItsTrailers()
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = static (received, _) =>
        {
            received.EndWith(16, "Kerberos error=TOKEN_MISSING");
            return Task.CompletedTask;
        };
        var failure = await Calls.FailAsync(scene.Channel.CreateCallInvoker(), Shape.Unary);
        Assert.Equal(KerberosError.TokenMissing, failure.GetKerberosError());
    }

    [Fact]
    public async Task GetTicket_OfAService_TellsWhatItIs()
    {
        await using var scene = await ClientScene.StartAsync();
        var info = await scene.Interceptor.GetTicketAsync("HTTP/localhost");
        Assert.Equal("HTTP/localhost@TEST.LOCAL", info.Service.ToString());
        Assert.Equal(FakeTickets.Client, info.Client.ToString());
        Assert.Equal(1, info.KeyVersion);
        await Calls.MakeAsync(scene.Invoker, Shape.Unary);
        // Times and numbers take an octet more or less in DER, each time they are drawn.
        Assert.InRange(info.TokenBytes, scene.Server.Received.Single().Token.Length - 6, scene.Server.Received.Single().Token.Length + 6);
    }

    private static Greeter.V1.Greeter.GreeterClient NewClient(ClientScene scene) => new(scene.Invoker);

    private static async Task Until(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
    }
}
