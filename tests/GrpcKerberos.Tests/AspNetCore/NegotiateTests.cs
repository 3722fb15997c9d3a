using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>Tokens of stock GSS-API clients: in the header, and in the message of Establish.</summary>
public sealed class NegotiateTests
{
    public static TheoryData<bool, bool, bool> Clients
    {
        get
        {
            var clients = new TheoryData<bool, bool, bool>();
            foreach (var spnego in new[] { false, true })
                foreach (var portable in new[] { false, true })
                    foreach (var middleware in new[] { false, true })
                        clients.Add(spnego, portable, middleware);
            return clients;
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Negotiate_RunsNothingAndIsAnsweredInKind_ThenCallsRunByMic(bool spnego, bool portable, bool middleware)
    {
        await using var app = await StartAsync(portable, middleware: middleware);
        var client = app.Client();
        var stock = new StockClient(client.Ticket, app.Time) { Spnego = spnego };

        var session = await EstablishAsync(app, client, stock);

        foreach (var _ in Enumerable.Range(0, 3))
        {
            var header = stock.Call(session, out var mic);
            var outcome = await client.SendAsync(header);
            Assert.Equal(TestServerApp.Alice, outcome.Reply?.Principal);
            Assert.True(stock.Verifies(outcome, mic));
            Assert.Equal("REPEAT", (await client.SendAsync(header)).Error);
        }

        Assert.Equal(3, app.Behaviour.Runs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Negotiate_NoMutualAuthentication_NoApRepAndKeyOfTheInitiator(bool spnego)
    {
        await using var app = await StartAsync(portable: true);
        var client = app.Client();
        var stock = new StockClient(client.Ticket, app.Time) { Spnego = spnego, Mutual = false };

        var outcome = await client.SendAsync(stock.Header());

        Assert.True(RefusalValue.TryParse(outcome.Challenge, out var prove));
        Assert.Equal(("PROVE", true), (prove.Error, prove.Token.IsEmpty));
        Assert.Equal(spnego, outcome.Negotiate is not null);
        stock.TakeAnswer(outcome.Negotiate);
        var reply = await client.SendAsync(stock.Call(prove.Session!.Value, out var mic));
        Assert.Equal(TestServerApp.Alice, reply.Reply?.Principal);
        Assert.True(stock.Verifies(reply, mic));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Negotiate_NoMutualAuthenticationAndServerBound_RefusedSinceItCouldNotLearnTheKey(bool spnego)
    {
        await using var app = await StartAsync(portable: false);
        var client = app.Client();
        await EstablishAsync(app, client, new StockClient(client.Ticket, app.Time) { Spnego = spnego });
        app.Time.Advance(TimeSpan.FromSeconds(1));

        await RefusesAsync(app, client, new StockClient(client.Ticket, app.Time) { Spnego = spnego, Mutual = false }, "PROOF_REFUSED", KerberosErrorCode.KRB_AP_ERR_MODIFIED);
        Assert.Contains(app.Log.Ours, static e => e.Text.Contains("GSS_C_MUTUAL_FLAG", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Negotiate_WithoutTheGssChecksum_Refused(bool spnego)
    {
        await using var app = await StartAsync();
        var client = app.Client();
        await EstablishAsync(app, client, new StockClient(client.Ticket, app.Time) { Spnego = spnego });
        app.Time.Advance(TimeSpan.FromSeconds(1));

        await RefusesAsync(app, client, new StockClient(client.Ticket, app.Time) { Spnego = spnego, WithGssChecksum = false }, "PROOF_REFUSED", KerberosErrorCode.KRB_AP_ERR_INAPP_CKSUM);
    }

    /// <summary>Whatever its flags say: ours alone makes that element, and never sends it by Negotiate.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Negotiate_WithOurProofElement_Refused(byte flags)
    {
        await using var app = await StartAsync(options: static o => o.UnsafeCallsOnTokenAlone = true);
        var client = app.Client();
        byte[] element = [.. "grpc-kerberos-1"u8, flags];

        await RefusesAsync(app, client, new StockClient(client.Ticket, app.Time) { ExtraElement = element }, "PROOF_REFUSED", KerberosErrorCode.KRB_AP_ERR_MODIFIED);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull((await client.SendAsync(new StockClient(client.Ticket, app.Time).Header())).Reply);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task UnsafeCallsOnTokenAlone_RunsAndNamesTheSession_HandlersOwnValuesAreReplaced(bool spnego, bool portable, bool middleware)
    {
        await using var app = await StartAsync(portable, static o => o.UnsafeCallsOnTokenAlone = true, middleware);
        app.Behaviour.Before = static context =>
        {
            context.ResponseTrailers.Add("www-authenticate", "Negotiate AAAA");
            return context.WriteResponseHeadersAsync(new Metadata { { "www-authenticate", "Negotiate AAAA" }, { "authentication-info", "mic=AAAA" } });
        };
        var client = app.Client();
        var stock = new StockClient(client.Ticket, app.Time) { Spnego = spnego };

        var outcome = await client.SendAsync(stock.Header());

        Assert.Equal(TestServerApp.Alice, outcome.Reply?.Principal);
        stock.TakeAnswer(outcome.Negotiate);
        Assert.DoesNotContain(outcome.Trailers, static t => t.Key == "www-authenticate");
        var parameters = outcome.Info!.Split(", ");
        Assert.Equal(["session", "token"], parameters.Select(static p => p[..p.IndexOf('=', StringComparison.Ordinal)]));
        Assert.True(AuthParameterSession(parameters[0], out var session));
        Assert.Equal(TestServerApp.Alice, (await client.SendAsync(stock.Call(session, out _))).Reply?.Principal);
    }

    [Fact]
    public async Task Negotiate_ApplicationRefuses_IsDeniedAndProvedInKind()
    {
        await using var app = await StartAsync(options: static o => o.Events.OnSessionEstablished = static context =>
        {
            context.Refuse("left the company");
            return Task.CompletedTask;
        });
        var client = app.Client();
        var stock = new StockClient(client.Ticket, app.Time) { Spnego = true };

        var outcome = await client.SendAsync(stock.Header());

        Assert.Equal(StatusCode.PermissionDenied, outcome.Status.StatusCode);
        stock.TakeAnswer(outcome.Negotiate);
        Assert.Equal(0, app.Behaviour.Runs);
    }

    [Theory]
    [InlineData("TlRMTVNTUAABAAAA", "NTLM")]
    [InlineData("YAgGBisGAQUCBQ==", "IAKERB")]
    [InlineData("", "TokenMalformed")]
    [InlineData("bm90", "GSS-API frame")]
    [InlineData("YA", "TokenMalformed")]
    [InlineData("Y A==", "TokenMalformed")]
    [InlineData("YA__", "TokenMalformed")]
    public async Task Negotiate_NoTokenOfKerberos_RefusedByName(string token, string name)
    {
        await using var app = await StartAsync();
        var client = app.Client();

        var outcome = await client.SendAsync("Negotiate " + token);

        Assert.Equal((StatusCode.Unauthenticated, "Kerberos error=TOKEN_MALFORMED"), (outcome.Status.StatusCode, outcome.Challenge));
        Assert.Contains(name, outcome.Status.Detail, StringComparison.Ordinal);
        Assert.Contains(" Next: ", outcome.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(0, app.Behaviour.Runs);
    }

    [Fact]
    public async Task Negotiate_TwoValuesOrTooLong_Refused()
    {
        await using var app = await StartAsync(options: static o => o.MaxTokenBytes = 1024);
        var client = app.Client();
        var stock = new StockClient(client.Ticket, app.Time);

        Assert.Equal("TOKEN_MALFORMED", (await client.SendAsync(stock.Header(), stock.Header())).Error);
        Assert.Equal("TOKEN_MALFORMED", (await client.SendAsync(stock.Header(), "Kerberos token=AAAA")).Error);
        Assert.Equal("TOKEN_TOO_LARGE", (await client.SendAsync("Negotiate " + new string('A', 4000))).Error);
        Assert.Equal("PROVE", (await client.SendAsync(stock.Header())).Error);
    }

    [Fact]
    public async Task AcceptNegotiateOff_IsNoProof()
    {
        await using var app = await StartAsync(options: static o => o.AcceptNegotiate = false);
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        var stock = new StockClient(client.Ticket, app.Time);

        var outcome = await client.SendAsync(stock.Header());
        var reply = await sessions.PostAsync(SessionCaller.Establish, SessionCaller.Message(stock.Token()), null);

        outcome.AssertRefused(
            StatusCode.Unauthenticated,
            "Kerberos error=TOKEN_MISSING",
            "This method needs Kerberos and the call carried no proof of it, but the scheme Negotiate. Next: add KerberosClientInterceptor.");
        reply.AssertRefused(StatusCode.Unauthenticated, "TOKEN_MALFORMED");
        Assert.Contains("AcceptNegotiate", Uri.UnescapeDataString(reply.Text!), StringComparison.Ordinal);
        await client.CallAsync();
    }

    public static TheoryData<int, bool, bool> Establishing
    {
        get
        {
            var rows = new TheoryData<int, bool, bool>();
            foreach (var framing in Enum.GetValues<TokenFraming>())
                foreach (var portable in new[] { false, true })
                    foreach (var mutual in new[] { false, true })
                        if (portable || mutual) rows.Add((int)framing, portable, mutual);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Establishing))]
    public async Task Establish_InEachFraming_AnsweredInKindAndProvesCalls(int number, bool portable, bool mutual)
    {
        var framing = (TokenFraming)number;
        await using var app = await StartAsync(portable);
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        var stock = new StockClient(client.Ticket, app.Time) { Spnego = framing == TokenFraming.Spnego, Mutual = mutual };
        var token = framing == TokenFraming.ApReq ? stock.ApReq() : stock.Token();

        var established = (await sessions.PostAsync(SessionCaller.Establish, SessionCaller.Message(token), null)).Established;

        var answer = established.Token.Memory;
        stock.TakeAnswer(framing == TokenFraming.ApReq && mutual ? GssFrame.WrapApRep(answer.Span) : answer);
        Assert.True(SessionId.TryRead(established.Session.Span, out var session));
        var outcome = await client.SendAsync(stock.Call(session, out var mic));
        Assert.Equal(TestServerApp.Alice, outcome.Reply?.Principal);
        Assert.True(stock.Verifies(outcome, mic));
    }

    /// <summary>Every octet of a token, and of its frames: none runs a call, begins another's session, or breaks anything.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Negotiate_AnyOctetChanged_RunsNothing(bool spnego)
    {
        await using var app = await StartAsync();
        var client = app.Client();
        var token = new StockClient(client.Ticket, app.Time) { Spnego = spnego }.Token();

        for (var i = 0; i < token.Length; i++)
        {
            var changed = token.ToArray();
            changed[i] ^= (byte)(1 << (i % 8));
            var outcome = await client.SendAsync("Negotiate " + Convert.ToBase64String(changed));
            Assert.Null(outcome.Reply);
            Assert.Contains(outcome.Status.StatusCode, new[] { StatusCode.Unauthenticated, StatusCode.ResourceExhausted });
        }

        Assert.Equal(0, app.Behaviour.Runs);
        Assert.DoesNotContain(app.Log.All, static e => e.Level is Microsoft.Extensions.Logging.LogLevel.Error or Microsoft.Extensions.Logging.LogLevel.Critical);
    }

    /// <summary>The same octets out of their frame, and back in it: of both the first alone is looked at, and neither runs.</summary>
    [Fact]
    public async Task Negotiate_TakenOutOfItsFrame_RunsNothingAndIsARepeat()
    {
        await using var app = await StartAsync();
        var client = app.Client();
        var stock = new StockClient(client.Ticket, app.Time);
        var apReq = stock.ApReq();
        var negotiate = "Negotiate " + Convert.ToBase64String(GssFrame.WrapApReq(apReq.Span));

        Assert.Equal("PROVE", (await client.SendAsync(new AuthorizationValue(null, apReq).Format())).Error);
        Assert.Equal("REPEAT", (await client.SendAsync(negotiate)).Error);
        Assert.Equal("REPEAT", (await client.SendAsync("Negotiate " + Convert.ToBase64String(Spnego.WriteInit(GssFrame.WrapApReq(apReq.Span))))).Error);
        Assert.Equal(0, app.Behaviour.Runs);
    }

    private static Task<TestServerApp> StartAsync(bool portable = true, Action<KerberosAuthenticationOptions>? options = null, bool middleware = true) => new TestServerApp
    {
        UsesMiddleware = middleware,
        Options = o =>
        {
            o.SessionPortability = portable ? SessionPortability.Portable : SessionPortability.ServerBound;
            options?.Invoke(o);
        },
    }.StartAsync();

    private static async Task<SessionId> EstablishAsync(TestServerApp app, RawClient client, StockClient stock)
    {
        var runs = app.Behaviour.Runs;
        var outcome = await client.SendAsync(stock.Header());
        Assert.Equal((StatusCode.Unauthenticated, runs), (outcome.Status.StatusCode, app.Behaviour.Runs));
        Assert.True(RefusalValue.TryParse(outcome.Challenge, out var prove));
        Assert.Equal("PROVE", prove.Error);
        stock.TakeAnswer(outcome.Negotiate);
        return prove.Session!.Value;
    }

    private static async Task RefusesAsync(TestServerApp app, RawClient client, StockClient stock, string error, KerberosErrorCode code)
    {
        var runs = app.Behaviour.Runs;
        var outcome = await client.SendAsync(stock.Header());
        Assert.Equal((error, runs), (outcome.Error, app.Behaviour.Runs));
        Assert.Equal(code, stock.ReadError(outcome.Negotiate).Code);
    }

    private static bool AuthParameterSession(string parameter, out SessionId session) =>
        SessionId.TryRead(System.Buffers.Text.Base64Url.DecodeFromChars(parameter.AsSpan("session=".Length)), out session);
}
