using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Testing.Tickets;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class EstablishTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Establish_Portable_LaterCallsRunByTheirMicAlone(bool? tls)
    {
        await using var app = await new TestServerApp { Tls = tls, Options = static o => o.MaxSessionLifetime = TimeSpan.FromDays(1) }.StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        var call = client.Prepare(SessionCaller.Establish);

        var reply = await sessions.EstablishAsync(call);

        var response = reply.Established;
        Assert.True(reply.Proves(call, response.Token.Memory, out _));
        Assert.Equal(client.Session.Id.ToArray(), response.Session.ToByteArray());
        Assert.Equal(client.Ticket.Ends.ToDateTimeOffset() + AcceptorSkew, response.Ends.ToDateTimeOffset());
        Assert.Equal(0, app.Behaviour.Runs);
        await CallKnownAsync(client, null);
        await CallKnownAsync(client, null);
        Assert.Equal(2, app.Behaviour.Runs);
        Assert.Contains(app.Log.Ours, static l => l.Id.Id == 110 && l.Text.Contains("by establish", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public async Task Establish_ServerBound_LaterCallsRunUnderTheAssertedKey(bool? tls)
    {
        await using var app = await new TestServerApp { Tls = tls, Options = static o => o.SessionPortability = SessionPortability.ServerBound }.StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        var call = client.Prepare(SessionCaller.Establish);

        var reply = await sessions.EstablishAsync(call);

        var response = reply.Established;
        Assert.True(reply.Proves(call, response.Token.Memory, out var verified));
        Assert.NotEqual(client.Session.Id.ToArray(), response.Session.ToByteArray());
        Assert.True(SessionId.TryRead(response.Session.Span, out var id));
        var bound = BoundSession.Of(client.Session, verified!, id);
        Assert.NotNull(bound);
        await CallKnownAsync(client, bound);
        // The call again, under it, by the number of the establishing one.
        var again = client.Session.PrepareKnown(RawClient.SayHello, TimeSpan.Zero, bound, call.Number);
        Assert.Equal(StatusCode.OK, (await client.SendAsync(RawClient.Value(again))).Status.StatusCode);
        Assert.Equal(2, app.Behaviour.Runs);
    }

    [Theory]
    [InlineData(null, 9_000)]
    [InlineData(true, 9_000)]
    [InlineData(null, 48_000)]
    [InlineData(false, 48_000)]
    [InlineData(null, 64_000)]
    public async Task Establish_TokenLargerThanHeadersMayBe_IsTaken(bool? tls, int padding)
    {
        await using var app = await new TestServerApp { Tls = tls }.StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client(change: t => t.AuthorizationData = Padding(padding));
        var call = client.Prepare(SessionCaller.Establish);
        Assert.True(call.Token!.Encoded.Length > padding);

        var reply = await sessions.EstablishAsync(call);

        Assert.True(reply.Proves(call, reply.Established.Token.Memory, out _));
        await CallKnownAsync(client, null);
    }

    [Fact]
    public async Task Establish_TokenOfTheLastOctetAllowed_IsTakenAndOneMoreIsNot()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var sessions = new SessionCaller(app);
        var (largest, over) = (Sized(app, 65_535), Sized(app, 65_536));

        Assert.NotNull((await sessions.EstablishAsync(largest)).Established);
        (await sessions.EstablishAsync(over)).AssertRefused(StatusCode.ResourceExhausted, "TOKEN_TOO_LARGE");
    }

    [Fact]
    public async Task Establish_MessageInManyPieces_IsPutTogether()
    {
        await using var app = await new TestServerApp { Tls = false }.StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        var call = client.Prepare(SessionCaller.Establish);

        var reply = await sessions.SendAsync(SessionCaller.Establish, new PiecemealContent(SessionCaller.Message(call.Token!.Encoded), 97), SessionCaller.Header(call));

        Assert.True(reply.Proves(call, reply.Established.Token.Memory, out _));
    }

    [Fact]
    public async Task Establish_PoliciesAndMethodsThatWantACaller_AreNotInTheWay()
    {
        await using var app = await new TestServerApp
        {
            Services = static (app, s) =>
            {
                s.AddAuthentication().AddKerberos(app.Configure);
                s.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(static _ => false).Build());
            },
            Endpoints = static (app, e) => e.AllowAnonymous(),
        }.StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        var call = client.Prepare(SessionCaller.Establish);

        Assert.True((await sessions.EstablishAsync(call)) is var reply && reply.Proves(call, reply.Established.Token.Memory, out _));
        await CallKnownAsync(client, null);
    }

    [Fact]
    public async Task Establish_TokenAloneThatDemandsNoMic_EstablishesAndRunsNothing()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        var token = ForeignTokens.Make(client.Ticket, app.Time);

        var reply = await sessions.PostAsync(SessionCaller.Establish, SessionCaller.Message(token.Encoded), null);

        Assert.True(VerifiedApRep.Verify(token, reply.Established.Token.Memory).Passed(out _, out _));
        Assert.Equal(16, reply.Established.Session.Length);
        Assert.Null(reply.Info);
        Assert.Equal(0, app.Behaviour.Runs);
    }

    [Fact]
    public async Task Establish_ApplicationRefuses_IsDeniedWithProof()
    {
        var refuses = true;
        await using var app = await new TestServerApp
        {
            Options = o => o.Events.OnSessionEstablished = context =>
            {
                if (refuses) context.Refuse("left the company");
                return Task.CompletedTask;
            },
        }.StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        var call = client.Prepare(SessionCaller.Establish);

        var reply = await sessions.EstablishAsync(call);

        reply.AssertRefused(StatusCode.PermissionDenied, "NOT_ALLOWED");
        Assert.True(GrpcKerberos.Wire.AnswerValue.TryParse(reply.Info, out var answer) && call.IsAnsweredBy(answer.Mic.Span, answer.Token));
        Assert.Contains(app.Log.Ours, static l => l.Id.Id == 120 && l.Text.Contains("left the company", StringComparison.Ordinal));
        Assert.Equal("SESSION_UNKNOWN", (await client.SendAsync(RawClient.Value(client.Session.PrepareKnown(RawClient.SayHello, TimeSpan.Zero)))).Error);
        refuses = false;
        Assert.NotNull((await sessions.EstablishAsync(client.Prepare(SessionCaller.Establish))).Established);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Establish_TwoSchemes_TheOneWithTheKeyAnswers(int which)
    {
        string[] services = [TestServerApp.Service, "HTTP/other.test@TEST.LOCAL"];
        var keys = new[] { new TestKeys().Add(services[0]), new TestKeys().Add(services[1]) };
        await using var app = await TwoSchemes(keys).StartAsync();
        app.Keys = keys[which];
        using var sessions = new SessionCaller(app);
        var client = app.Client(service: services[which]);
        var call = client.Prepare(SessionCaller.Establish);

        var reply = await sessions.EstablishAsync(call);

        Assert.True(reply.Proves(call, reply.Established.Token.Memory, out _));
        await CallKnownAsync(client, null);
        var closing = client.Session.PrepareKnown(SessionCaller.Close, TimeSpan.Zero);
        Assert.Equal(StatusCode.OK, (await sessions.CloseAsync(closing)).Status);
    }

    [Fact]
    public async Task Establish_TwoSchemesAndNoneHasTheKey_LastOnesRefusalIsWritten()
    {
        var keys = new[] { new TestKeys().Add(TestServerApp.Service), new TestKeys().Add("HTTP/other.test@TEST.LOCAL") };
        await using var app = await TwoSchemes(keys).StartAsync();
        app.Keys = new TestKeys().Add(TestServerApp.Service);
        using var sessions = new SessionCaller(app);

        var reply = await sessions.EstablishAsync(app.Client().Prepare(SessionCaller.Establish));

        reply.AssertRefused(StatusCode.Unauthenticated, "TICKET_REFUSED");
    }

    private static TimeSpan AcceptorSkew => TimeSpan.FromMinutes(5);

    private static TestServerApp TwoSchemes(TestKeys[] keys) => new()
    {
        Services = (app, s) =>
        {
            app.Keys = keys[0];
            s.AddAuthentication().AddKerberos("One", o => Configure(app, o, keys[0])).AddKerberos("Two", o => Configure(app, o, keys[1]));
        },
    };

    private static void Configure(TestServerApp app, KerberosAuthenticationOptions options, TestKeys keys)
    {
        app.Configure(options);
        options.LoadKeytab = _ => ValueTask.FromResult<ReadOnlyMemory<byte>>(Protocol.Credentials.KeytabFile.Write(keys.Keytab));
    }

    /// <summary>Numbers of the authenticator have random values, and one in some dozens has an octet less than usual: then another is made.</summary>
    private static PreparedCall Sized(TestServerApp app, int octets)
    {
        for (var padding = octets - 2_000; ;)
        {
            var call = app.Client(change: t => t.AuthorizationData = Padding(padding)).Prepare(SessionCaller.Establish);
            if (call.Token!.Encoded.Length == octets) return call;
            padding += octets - call.Token.Encoded.Length;
        }
    }

    /// <summary>Of a private type that nobody knows, and may be passed over where it stands.</summary>
    private static AuthorizationData[] Padding(int octets) =>
        [AuthorizationData.IfRelevant(new AuthorizationData((AuthorizationDataType)(-999), new byte[octets]))];

    private static async Task CallKnownAsync(RawClient client, BoundSession? bound)
    {
        var call = client.Session.PrepareKnown(RawClient.SayHello, TimeSpan.Zero, bound);
        var outcome = await client.SendAsync(RawClient.Value(call));
        Assert.Equal(StatusCode.OK, outcome.Status.StatusCode);
        Assert.True(outcome.Proves(call));
        Assert.Equal(TestServerApp.Alice, outcome.Reply!.Principal);
    }
}
