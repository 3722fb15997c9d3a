using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Wire;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>Each changes one thing of a call of Establish; the call unchanged passes after it.</summary>
public sealed class EstablishRefusalTests
{
    private const int MaxMessage = 96 * 1024;

    [Fact]
    public async Task Establish_MessageLargerThanTheCap_IsRefusedBeforeItCame()
    {
        await AssertRefusedAsync(static call => [0, 0, 1, 0x80, 1], StatusCode.ResourceExhausted, "TOKEN_TOO_LARGE", isHeldOpen: true);
    }

    [Fact]
    public async Task Establish_MessageOfTheLargestSize_IsReadAndItsTokenRefused()
    {
        // 4 octets of field header before the token.
        var largest = new EstablishRequest { Token = ByteString.CopyFrom(new byte[MaxMessage - 4]) };
        Assert.Equal(MaxMessage, largest.CalculateSize());
        await AssertRefusedAsync(_ => SessionCaller.Frame(largest), StatusCode.ResourceExhausted, "TOKEN_TOO_LARGE");
    }

    [Fact]
    public async Task Establish_LengthOfFourGigabytes_IsRefusedBeforeItCame() =>
        await AssertRefusedAsync(static call => [0, 0xFF, 0xFF, 0xFF, 0xFF], StatusCode.ResourceExhausted, "TOKEN_TOO_LARGE", isHeldOpen: true);

    [Fact]
    public async Task Establish_SecondMessage_IsRefused() =>
        await AssertRefusedAsync(static call => [.. SessionCaller.Message(call.Token!.Encoded), .. SessionCaller.Message(call.Token!.Encoded)], StatusCode.Internal, "");

    [Fact]
    public async Task Establish_TrailingOctet_IsRefused() =>
        await AssertRefusedAsync(static call => [.. SessionCaller.Message(call.Token!.Encoded), 0], StatusCode.Internal, "");

    [Fact]
    public async Task Establish_FrameCutShort_IsRefused() =>
        await AssertRefusedAsync(static call => SessionCaller.Message(call.Token!.Encoded)[..^1], StatusCode.Internal, "");

    [Fact]
    public async Task Establish_FrameHeaderCutShort_IsRefused() => await AssertRefusedAsync(static call => [0, 0, 0], StatusCode.Internal, "");

    [Fact]
    public async Task Establish_NoMessage_IsRefused() => await AssertRefusedAsync(static call => [], StatusCode.Internal, "");

    [Fact]
    public async Task Establish_CompressedMessage_IsUnimplemented() =>
        await AssertRefusedAsync(static call => [1, .. SessionCaller.Message(call.Token!.Encoded).AsSpan(1)], StatusCode.Unimplemented, "");

    [Fact]
    public async Task Establish_FlagThatIsNone_IsRefused() =>
        await AssertRefusedAsync(static call => [2, .. SessionCaller.Message(call.Token!.Encoded).AsSpan(1)], StatusCode.Internal, "");

    [Fact]
    public async Task Establish_NoProtobuf_HasTheStatusOfAnyOtherMethod()
    {
        var garbage = SessionCaller.Frame([0x0A, 0x7F, 1, 2, 3]);
        await AssertRefusedAsync(_ => garbage, StatusCode.Unknown, "");

        await using var app = await new TestServerApp { Options = static o => o.RequireAuthenticatedUser = false }.StartAsync();
        using var sessions = new SessionCaller(app);
        Assert.Equal(StatusCode.Unknown, (await sessions.PostAsync(RawClient.SayHello, garbage, null)).Status);
    }

    [Fact]
    public async Task Establish_NoToken_IsRefused() =>
        await AssertRefusedAsync(static call => SessionCaller.Frame(new EstablishRequest()), StatusCode.Unauthenticated, "TOKEN_MALFORMED");

    [Fact]
    public async Task Establish_GssFramedToken_IsRefused() =>
        await AssertRefusedAsync(static call => SessionCaller.Message(new byte[] { 0x60, 0x03, 0x06, 0x01, 0x2A }), StatusCode.Unauthenticated, "TOKEN_MALFORMED");

    [Fact]
    public async Task Establish_TokenInHeaderToo_IsRefused() =>
        await AssertRefusedAsync(static call => SessionCaller.Message(call.Token!.Encoded), StatusCode.Unauthenticated, "TOKEN_MALFORMED", RawClient.Value);

    [Fact]
    public async Task Establish_TokenInHeaderAlone_IsRefused() =>
        await AssertRefusedAsync(static call => SessionCaller.Frame(new EstablishRequest()), StatusCode.Unauthenticated, "TOKEN_MALFORMED", RawClient.Value);

    [Fact]
    public async Task Establish_MicMissingThatTheTokenDemands_IsRefused() =>
        await AssertRefusedAsync(static call => SessionCaller.Message(call.Token!.Encoded), StatusCode.Unauthenticated, "PROOF_REFUSED", static _ => null);

    [Fact]
    public async Task Establish_ProofOfAnotherToken_IsRefusedWithProof()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        var (call, other) = (client.Prepare(SessionCaller.Establish), client.Prepare(SessionCaller.Establish));

        var reply = await sessions.PostAsync(SessionCaller.Establish, SessionCaller.Message(other.Token!.Encoded), SessionCaller.Header(call));

        reply.AssertRefused(StatusCode.Unauthenticated, "PROOF_REFUSED");
        Assert.True(reply.ProvesRefusalOf(call));
        Assert.NotNull((await sessions.EstablishAsync(call)).Established);
    }

    [Fact]
    public async Task Establish_ProofOfAnotherMethod_IsRefused()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();

        (await sessions.EstablishAsync(client.Prepare(RawClient.SayHello))).AssertRefused(StatusCode.Unauthenticated, "PROOF_REFUSED");
        // And what was made for Establish runs nothing else.
        var call = client.Prepare(SessionCaller.Establish);
        Assert.Equal("PROOF_REFUSED", (await client.SendAsync(RawClient.Value(call))).Error);
        Assert.NotNull((await sessions.EstablishAsync(call)).Established);
        Assert.Equal(0, app.Behaviour.Runs);
    }

    [Fact]
    public async Task Establish_Replayed_IsRepeat()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var sessions = new SessionCaller(app);
        var call = app.Client().Prepare(SessionCaller.Establish);
        Assert.NotNull((await sessions.EstablishAsync(call)).Established);

        var reply = await sessions.EstablishAsync(call);

        reply.AssertRefused(StatusCode.Unauthenticated, "REPEAT");
        Assert.True(reply.ProvesRefusalOf(call));
    }

    [Fact]
    public async Task Establish_NumberOfACallThatRan_IsRepeat()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        var ran = client.Prepare();
        Assert.Equal(StatusCode.OK, (await client.SendAsync(RawClient.Value(ran))).Status.StatusCode);

        var call = client.Session.Prepare(SessionCaller.Establish, TimeSpan.Zero, ran.Number);

        (await sessions.EstablishAsync(call)).AssertRefused(StatusCode.Unauthenticated, "REPEAT");
        Assert.NotNull((await sessions.EstablishAsync(client.Prepare(SessionCaller.Establish))).Established);
    }

    [Theory]
    [InlineData("content type")]
    [InlineData("verb")]
    [InlineData("case")]
    [InlineData("slash")]
    [InlineData("method")]
    public async Task Establish_RequestOfAnotherKind_IsNotOurs(string what)
    {
        await using var app = await new TestServerApp().StartAsync();
        using var sessions = new SessionCaller(app);
        var call = app.Client().Prepare(SessionCaller.Establish);
        var path = what switch
        {
            "case" => SessionCaller.Establish.ToLowerInvariant(),
            "slash" => SessionCaller.Establish + "/",
            "method" => SessionCaller.Establish + "ed",
            _ => SessionCaller.Establish,
        };

        var reply = await sessions.PostAsync(path, SessionCaller.Message(call.Token!.Encoded), SessionCaller.Header(call), request =>
        {
            if (what == "content type") request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            if (what == "verb") request.Method = HttpMethod.Put;
        });

        Assert.NotEqual(StatusCode.OK, reply.Status);
        Assert.Null(reply.Info);
        Assert.Empty(reply.Error);
        Assert.NotNull((await sessions.EstablishAsync(call)).Established);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public async Task Establish_CallerLeavesHalfway_CostsNobodyAnything(bool? tls)
    {
        await using var app = await new TestServerApp { Tls = tls }.StartAsync();
        using var sessions = new SessionCaller(app);
        var call = app.Client().Prepare(SessionCaller.Establish);
        var sent = new TaskCompletionSource();
        using var leaving = new CancellationTokenSource();

        var pending = sessions.SendAsync(
            SessionCaller.Establish, new PiecemealContent(SessionCaller.Message(call.Token!.Encoded), 100, sent), SessionCaller.Header(call), null, leaving.Token);
        await sent.Task;
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => pending);
        Assert.NotNull((await sessions.EstablishAsync(call)).Established);
        Assert.DoesNotContain(app.Log.All, static l => l.Level is LogLevel.Error or LogLevel.Critical);
    }

    private static async Task AssertRefusedAsync(
        Func<PreparedCall, byte[]> body, StatusCode status, string error, Func<PreparedCall, string?>? header = null, bool isHeldOpen = false)
    {
        await using var app = await new TestServerApp { Tls = false }.StartAsync();
        using var sessions = new SessionCaller(app);
        var call = app.Client().Prepare(SessionCaller.Establish);
        HttpContent content = isHeldOpen ? new PiecemealContent(body(call), 5, new TaskCompletionSource()) : new ByteArrayContent(body(call));

        var reply = await sessions.SendAsync(SessionCaller.Establish, content, header is null ? SessionCaller.Header(call) : header(call));

        reply.AssertRefused(status, error);
        Assert.Null(reply.Info);
        Assert.NotNull((await sessions.EstablishAsync(call)).Established);
    }
}
