using Grpc.Core;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class CloseTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Close_KnownSession_EndsIt(bool? tls)
    {
        await using var app = await new TestServerApp { Tls = tls }.StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        await client.CallAsync();
        await CallKnownAsync(client, StatusCode.OK);
        var call = Known(client, SessionCaller.Close);

        var reply = await sessions.CloseAsync(call);

        Assert.Equal((StatusCode.OK, 0), (reply.Status, reply.Message.Length));
        Assert.True(reply.Proves(call, default, out _));
        Assert.Equal("SESSION_UNKNOWN", (await CallKnownAsync(client, StatusCode.Unauthenticated)).Error);
    }

    [Fact]
    public async Task Close_ThenRevivedByItsToken_CallsThatRanDoNotRunAgain()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        await client.CallAsync();
        var ran = Known(client, RawClient.SayHello);
        Assert.Equal(StatusCode.OK, (await client.SendAsync(RawClient.Value(ran))).Status.StatusCode);
        var closing = Known(client, SessionCaller.Close);
        Assert.Equal(StatusCode.OK, (await sessions.CloseAsync(closing)).Status);
        Assert.Equal("REPEAT", (await client.SendAsync(RawClient.Value(ran))).Error);

        await client.CallAsync();

        await CallKnownAsync(client, StatusCode.OK);
        var runs = app.Behaviour.Runs;
        Assert.Equal("REPEAT", (await client.SendAsync(RawClient.Value(ran))).Error);
        Assert.Equal("REPEAT", (await sessions.CloseAsync(closing)).Error);
        Assert.Equal(runs, app.Behaviour.Runs);
        await CallKnownAsync(client, StatusCode.OK);
    }

    [Fact]
    public async Task Close_UnknownSession_IsSessionUnknownWithATokenToo()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();

        (await sessions.CloseAsync(Known(client, SessionCaller.Close))).AssertRefused(StatusCode.Unauthenticated, "SESSION_UNKNOWN");
        (await sessions.CloseAsync(client.Prepare(SessionCaller.Close))).AssertRefused(StatusCode.Unauthenticated, "SESSION_UNKNOWN");
        (await sessions.PostAsync(SessionCaller.Close, SessionCaller.Frame(new CloseRequest()), null)).AssertRefused(StatusCode.Unauthenticated, "TOKEN_MISSING");
        await client.CallAsync();
        Assert.Equal(StatusCode.OK, (await sessions.CloseAsync(Known(client, SessionCaller.Close))).Status);
    }

    [Fact]
    public async Task Close_ProofOfAnotherMethod_EndsNothing()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        await client.CallAsync();

        (await sessions.CloseAsync(Known(client, RawClient.SayHello))).AssertRefused(StatusCode.Unauthenticated, "PROOF_REFUSED");

        await CallKnownAsync(client, StatusCode.OK);
        Assert.Equal(StatusCode.OK, (await sessions.CloseAsync(Known(client, SessionCaller.Close))).Status);
    }

    [Fact]
    public async Task Close_SecondMessage_EndsNothingAndTakesNoNumber()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        await client.CallAsync();
        var call = Known(client, SessionCaller.Close);

        var reply = await sessions.PostAsync(SessionCaller.Close, [.. SessionCaller.Frame(new CloseRequest()), 0], RawClient.Value(call));

        reply.AssertRefused(StatusCode.Internal, "");
        await CallKnownAsync(client, StatusCode.OK);
        Assert.Equal(StatusCode.OK, (await sessions.CloseAsync(call)).Status);
    }

    private static PreparedCall Known(RawClient client, string method) => client.Session.PrepareKnown(method, TimeSpan.Zero);

    private static async Task<Outcome> CallKnownAsync(RawClient client, StatusCode expected)
    {
        var outcome = await client.SendAsync(RawClient.Value(Known(client, RawClient.SayHello)));
        Assert.Equal(expected, outcome.Status.StatusCode);
        return outcome;
    }
}
