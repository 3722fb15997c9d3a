using System.Security.Claims;
using Greeter.V1;
using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class AcceptedCallTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unary_GoodProof_RunsAsCallerAndProvesServer(bool? tls)
    {
        await using var app = await new TestServerApp { Tls = tls }.StartAsync();

        var reply = await app.Client().CallAsync();

        Assert.Equal(TestServerApp.Alice, reply.Principal);
        Assert.Equal(1, app.Behaviour.Runs);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public async Task ServerStreaming_GoodProof_RunsAsCallerAndProvesServer(bool? tls)
    {
        await using var app = await new TestServerApp { Tls = tls }.StartAsync();
        var client = app.Client();
        var proof = client.Prepare("/greeter.v1.Greeter/SayHellos");

        using var call = client.Stub.SayHellos(new HelloRequest { Name = "x" }, RawClient.Headers(RawClient.Value(proof)));
        var replies = new List<HelloReply>();
        await foreach (var reply in call.ResponseStream.ReadAllAsync()) replies.Add(reply);

        Assert.Equal([TestServerApp.Alice, TestServerApp.Alice], replies.Select(static r => r.Principal));
        Assert.True(new Outcome(call.GetStatus(), await call.ResponseHeadersAsync, [], null).Proves(proof));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public async Task ClientStreaming_GoodProof_RunsAsCallerAndProvesServer(bool? tls)
    {
        await using var app = await new TestServerApp { Tls = tls }.StartAsync();
        var client = app.Client();
        var proof = client.Prepare("/greeter.v1.Greeter/CollectHellos");

        using var call = client.Stub.CollectHellos(RawClient.Headers(RawClient.Value(proof)));
        await call.RequestStream.WriteAsync(new HelloRequest { Name = "a" });
        await call.RequestStream.WriteAsync(new HelloRequest { Name = "b" });
        await call.RequestStream.CompleteAsync();
        var reply = await call;

        Assert.Equal(("Hello a+b", TestServerApp.Alice), (reply.Message, reply.Principal));
        Assert.True(new Outcome(call.GetStatus(), await call.ResponseHeadersAsync, [], null).Proves(proof));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public async Task Duplex_GoodProof_RunsAsCallerAndProvesServer(bool? tls)
    {
        await using var app = await new TestServerApp { Tls = tls }.StartAsync();
        var client = app.Client();
        var proof = client.Prepare("/greeter.v1.Greeter/Chat");

        using var call = client.Stub.Chat(RawClient.Headers(RawClient.Value(proof)));
        await call.RequestStream.WriteAsync(new HelloRequest { Name = "a" });
        Assert.True(await call.ResponseStream.MoveNext());
        await call.RequestStream.CompleteAsync();

        Assert.Equal(TestServerApp.Alice, call.ResponseStream.Current.Principal);
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.True(new Outcome(call.GetStatus(), await call.ResponseHeadersAsync, [], null).Proves(proof));
    }

    [Fact]
    public async Task Handler_GoodProof_SeesTicketsOwnWords()
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client();
        KerberosCaller? caller = null;
        ClaimsPrincipal? user = null;
        app.Behaviour.Before = context =>
        {
            caller = context.GetRequiredKerberosCaller();
            user = context.GetHttpContext().User;
            return Task.CompletedTask;
        };

        await client.CallAsync();

        Assert.Equal(TestServerApp.Alice, caller!.Principal.ToString());
        Assert.Equal(TestServerApp.Service, caller.ServicePrincipal.ToString());
        Assert.Equal(client.Ticket.AuthTime.ToDateTimeOffset(), caller.AuthenticatedAt);
        Assert.Equal(client.Ticket.Ends.ToDateTimeOffset(), caller.TicketEnds);
        Assert.Equal(EncryptionType.Aes256CtsHmacSha384, caller.TicketEncryptionType);
        Assert.False(caller.IsChannelBound);
        Assert.Equal("Kerberos", Assert.Single(user!.Identities).AuthenticationType);
        Assert.Equal(
            [
                (ClaimTypes.Name, TestServerApp.Alice),
                (ClaimTypes.NameIdentifier, TestServerApp.Alice),
                (ClaimTypes.AuthenticationInstant, client.Ticket.AuthTime.ToString()),
                (ClaimTypes.Expiration, client.Ticket.Ends.ToString()),
                ("krb5:realm", "TEST.LOCAL"),
                ("krb5:service", TestServerApp.Service),
            ],
            user.Claims.Select(static c => (c.Type, c.Value)));
        Assert.All(user.Claims, static c => Assert.Equal("TEST.LOCAL", c.Issuer));
    }

    [Fact]
    public async Task Answer_HandlerFails_IsProvedAllTheSame()
    {
        await using var app = await new TestServerApp().StartAsync();
        app.Behaviour.Before = static _ => throw new RpcException(new Status(StatusCode.NotFound, "no such greeting"));
        var client = app.Client();
        var call = client.Prepare();

        var outcome = await client.SendAsync(RawClient.Value(call));

        Assert.Equal(StatusCode.NotFound, outcome.Status.StatusCode);
        Assert.True(outcome.Proves(call));
        Assert.Null(outcome.Challenge);
    }

    [Fact]
    public async Task Answer_InnerRefusalEscapesHandler_IsNotTakenForOurs()
    {
        await using var app = await new TestServerApp().StartAsync();
        app.Behaviour.Before = static context =>
        {
            context.ResponseTrailers.Add("www-authenticate", "Kerberos error=SKEW");
            var inner = new Metadata
            {
                { "www-authenticate", "Kerberos error=SESSION_UNKNOWN" },
                { "authentication-info", "mic=AAAA" },
                { "x-inner", "kept" },
            };
            throw new RpcException(new Status(StatusCode.Unauthenticated, "inner"), inner);
        };
        var client = app.Client();
        var call = client.Prepare();

        var outcome = await client.SendAsync(RawClient.Value(call));

        Assert.Equal("inner", outcome.Status.Detail);
        Assert.True(outcome.Proves(call));
        Assert.Null(outcome.Challenge);
        Assert.Equal("kept", outcome.Headers.GetValue("x-inner"));
    }

    [Fact]
    public async Task Answer_HandlerWritesOurKeys_IsOverwritten()
    {
        await using var app = await new TestServerApp().StartAsync();
        app.Behaviour.Before = static async context =>
        {
            context.GetHttpContext().Response.OnStarting(() =>
            {
                context.GetHttpContext().Response.Headers.Append("authentication-info", "mic=AAAA");
                return Task.CompletedTask;
            });
            await context.WriteResponseHeadersAsync([new("authentication-info", "mic=BBBB"), new("www-authenticate", "Kerberos error=SKEW")]);
        };
        var client = app.Client();
        var call = client.Prepare();

        var outcome = await client.SendAsync(RawClient.Value(call));

        Assert.Equal(StatusCode.OK, outcome.Status.StatusCode);
        Assert.True(outcome.Proves(call));
        Assert.Null(outcome.Challenge);
    }

    [Fact]
    public async Task Trailers_InnerRefusalAfterFirstMessage_LoseOurKeys()
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client();
        var runs = 0;
        app.Behaviour.Before = _ => ++runs == 1
            ? Task.CompletedTask
            : throw new RpcException(new Status(StatusCode.Unauthenticated, "inner"), [new("www-authenticate", "Kerberos error=SESSION_UNKNOWN"), new("x-inner", "kept")]);
        var proof = client.Prepare("/greeter.v1.Greeter/Chat");

        using var call = client.Stub.Chat(RawClient.Headers(RawClient.Value(proof)));
        await call.RequestStream.WriteAsync(new HelloRequest { Name = "a" });
        Assert.True(await call.ResponseStream.MoveNext());
        await call.RequestStream.WriteAsync(new HelloRequest { Name = "b" });
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal("inner", failure.Status.Detail);
        Assert.Null(failure.Trailers.GetValue("www-authenticate"));
        Assert.Equal("kept", failure.Trailers.GetValue("x-inner"));
    }

    [Fact]
    public async Task Replay_OneTokenFrom64Threads_RunsOnce()
    {
        await using var app = await new TestServerApp { Tls = false }.StartAsync();
        var client = app.Client();
        await client.CallAsync();
        var call = client.Prepare();
        using var start = new Barrier(64);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return client.SendAsync(RawClient.Value(call));
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

        Assert.Single(outcomes, static o => o.Status.StatusCode == StatusCode.OK);
        Assert.Equal(63, outcomes.Count(o => o.Challenge is not null && o.Error == "REPEAT" && o.ProvesRefusalOf(call)));
        Assert.Equal(2, app.Behaviour.Runs);
    }

    [Fact]
    public async Task UnsafeCallsOnTokenAlone_ForeignToken_RunsAndAnswersApRep()
    {
        await using var app = await new TestServerApp { Options = static o => o.UnsafeCallsOnTokenAlone = true }.StartAsync();
        var client = app.Client();
        var token = ForeignTokens.Make(client.Ticket, app.Time);

        var outcome = await client.SendAsync(new AuthorizationValue(null, token.Encoded).Format());

        Assert.Equal(TestServerApp.Alice, outcome.Reply?.Principal);
        Assert.True(AnswerValue.TryParse(outcome.Info, out var answer));
        Assert.True(answer.Mic.IsEmpty);
        Assert.True(Protocol.ApExchange.Initiate.VerifiedApRep.Verify(token, answer.Token).Passed(out _, out _));
    }
}
