using System.Buffers.Text;
using System.Net;
using Grpc.Core;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Testing.Tickets;
using GrpcKerberos.Wire;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class RefusedCallTests
{
    private const string CannotOpen = "The service cannot open the ticket. Next: its keytab lacks the key, or the name belongs to another account; its log, event 120, says which.";
    private const string NotThisCall = "The proof is not this call's: session, t, mic, method and token do not fit. Next: make it for each attempt of each call; its log, event 120, names the step.";
    private const string Malformed = "The service refused the proof: TokenMalformed. Next: its log, event 120, names the step.";
    private const string TooLarge = "The token is larger than the service takes. Next: use an account in fewer groups, or raise MaxTokenBytes there.";

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public async Task NoProof_TokenMissing(bool? tls)
    {
        await using var app = await new TestServerApp { Tls = tls }.StartAsync();
        var client = app.Client();

        var outcome = await client.SendAsync();

        outcome.AssertRefused(
            StatusCode.Unauthenticated,
            "Kerberos error=TOKEN_MISSING",
            "This method needs Kerberos and the call carried no proof. Next: add KerberosClientInterceptor, or from another language authorization: Negotiate.");
        Assert.Equal(0, app.Behaviour.Runs);
        await client.CallAsync();
    }

    [Theory]
    [InlineData("Bearer eyJhbGciOi", "Bearer")]
    [InlineData("Negotiate YIIB", "Negotiate")]
    public async Task OtherScheme_TokenMissingNamesIt(string header, string scheme)
    {
        await using var app = await new TestServerApp { Options = static o => o.AcceptNegotiate = false }.StartAsync();

        var outcome = await app.Client().SendAsync(header);

        outcome.AssertRefused(
            StatusCode.Unauthenticated,
            "Kerberos error=TOKEN_MISSING",
            $"This method needs Kerberos and the call carried no proof of it, but the scheme {scheme}. Next: add KerberosClientInterceptor.");
    }

    [Fact]
    public async Task BareSecretInHeader_IsNotEchoed()
    {
        await using var app = await new TestServerApp().StartAsync();

        var outcome = await app.Client().SendAsync("c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0");

        Assert.Equal("This method needs Kerberos and the call carried no proof. Next: add KerberosClientInterceptor, or from another language authorization: Negotiate.", outcome.Status.Detail);
    }

    [Fact]
    public async Task OurTokenWrappedAsNegotiate_RunsNothing()
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client();
        var call = client.Prepare();

        var outcome = await client.SendAsync("Negotiate " + Convert.ToBase64String(call.Token!.Encoded.Span));

        Assert.Equal("TOKEN_MALFORMED", outcome.Error);
        Assert.Equal(0, app.Behaviour.Runs);
    }

    [Theory]
    [InlineData("Kerberos")]
    [InlineData("Kerberos token=A")]
    [InlineData("Kerberos token=AAAA====")]
    [InlineData("Kerberos token=AAAA, token=AAAA")]
    [InlineData("Kerberos YIIBsomething")]
    [InlineData("Kerberos session=AAAA, t=1, mic=AAAA")]
    [InlineData("Kerberos session=AAAAAAAAAAAAAAAAAAAAAA, token=AAAA")]
    [InlineData("Kerberos token=AAAA")]
    [InlineData("kerberos token=AAAA")]
    public async Task Header_NotOurGrammar_TokenMalformed(string header)
    {
        await using var app = await new TestServerApp().StartAsync();

        var outcome = await app.Client().SendAsync(header);

        outcome.AssertRefused(StatusCode.Unauthenticated, "Kerberos error=TOKEN_MALFORMED", Malformed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public async Task Header_TwoValues_TokenMalformed(bool? tls)
    {
        await using var app = await new TestServerApp { Tls = tls }.StartAsync();
        var client = app.Client();

        var outcome = await client.SendAsync(RawClient.Value(client.Prepare()), RawClient.Value(client.Prepare()));

        outcome.AssertRefused(StatusCode.Unauthenticated, "Kerberos error=TOKEN_MALFORMED", Malformed);
        await client.CallAsync();
    }

    [Fact]
    public async Task Header_OneMegabyte_RefusedAndOtherCallsGoOn()
    {
        await using var app = await new TestServerApp
        {
            Tls = false,
            Kestrel = static k =>
            {
                k.Limits.MaxRequestBufferSize = 4 << 20;
                k.Limits.MaxRequestHeadersTotalSize = 4 << 20;
                k.Limits.Http2.MaxRequestHeaderFieldSize = 2 << 20;
            },
        }.StartAsync();
        var client = app.Client();
        await client.CallAsync();

        var outcome = await client.SendAsync("Kerberos token=" + new string('A', 1 << 20));

        outcome.AssertRefused(StatusCode.ResourceExhausted, "Kerberos error=TOKEN_TOO_LARGE", TooLarge);
        await client.CallAsync();
    }

    [Fact]
    public async Task Header_OneMegabyteAtKestrelsOwnLimits_FailsAloneAndOtherCallsGoOn()
    {
        await using var app = await new TestServerApp { Tls = false }.StartAsync();
        var client = app.Client();
        await client.CallAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => client.SendAsync("Kerberos token=" + new string('A', 1 << 20)));

        await client.CallAsync();
        Assert.Equal(2, app.Behaviour.Runs);
    }

    [Theory]
    [InlineData(2000)]
    [InlineData(1100)]
    public async Task Token_OverTheCap_TokenTooLarge(int octets)
    {
        await using var app = await new TestServerApp { Options = static o => o.MaxTokenBytes = 1024 }.StartAsync();
        var client = app.Client();

        var outcome = await client.SendAsync("Kerberos token=" + Base64Url.EncodeToString(new byte[octets]));

        outcome.AssertRefused(StatusCode.ResourceExhausted, "Kerberos error=TOKEN_TOO_LARGE", TooLarge);
        await client.CallAsync();
    }

    [Fact]
    public async Task UnknownKeyKvnoAndIntegrity_AreOneAnswerAndThreeLines()
    {
        await using var app = await new TestServerApp().StartAsync();
        (string Step, TestKeys Keys, string Service)[] cases =
        [
            ("NoKey", new TestKeys().Add("HTTP/other.test@TEST.LOCAL"), "HTTP/other.test@TEST.LOCAL"),
            ("KeyVersionUnknown", new TestKeys().Add(TestServerApp.Service, 9), TestServerApp.Service),
            ("TicketIntegrity", new TestKeys().Add(TestServerApp.Service), TestServerApp.Service),
        ];
        foreach (var (step, keys, service) in cases)
        {
            var client = new RawClient(app.Channel(), new TestTickets(keys, app.Time).IssueTicket(TestServerApp.Alice, service), app.Time);

            var outcome = await client.SendAsync(RawClient.Value(client.Prepare()));

            outcome.AssertRefused(StatusCode.Unauthenticated, "Kerberos error=TICKET_REFUSED", CannotOpen);
            Assert.Contains($"at {step} for", app.Log.Ours[^1].Text, StringComparison.Ordinal);
            app.Time.Advance(TimeSpan.FromSeconds(2));
        }
    }

    [Fact]
    public async Task AnotherNameOfTheSameKey_NotConfigured_TicketRefused()
    {
        var app = new TestServerApp { Options = static o => o.ServicePrincipals.Add("HTTP/orders.test") };
        await using var owned = app;
        app.Keys.Add(KerberosPrincipal.Parse("host/orders.test@TEST.LOCAL"), 1, app.Keys.Find(KerberosPrincipal.Parse(TestServerApp.Service)).Key!);
        await app.StartAsync();

        var client = app.Client(service: "host/orders.test@TEST.LOCAL");
        var outcome = await client.SendAsync(RawClient.Value(client.Prepare()));

        outcome.AssertRefused(StatusCode.Unauthenticated, "Kerberos error=TICKET_REFUSED", CannotOpen);
        await app.Client().CallAsync();
    }

    [Fact]
    public async Task EncryptionTypeNotPermitted_EncryptionTypeRefused()
    {
        await using var app = await new TestServerApp { Options = static o => o.EncryptionTypes.Add("aes256-sha1") }.StartAsync();
        var client = app.Client();

        var outcome = await client.SendAsync(RawClient.Value(client.Prepare()));

        outcome.AssertRefused(
            StatusCode.Unauthenticated,
            "Kerberos error=ENCRYPTION_TYPE_REFUSED",
            "The service refuses the ticket's or the session's encryption type. Next: give its account AES keys, then change its password once.");
        await app.Client(change: static t => t.SessionKey = Protocol.Crypto.TicketSessionKey.Generate(t.UseKey(EncryptionType.Aes256CtsHmacSha1).Type)).CallAsync();
    }

    [Fact]
    public async Task TicketEnded_TicketExpired()
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client();
        await client.CallAsync();
        var call = client.Prepare();
        app.Time.Advance(TimeSpan.FromHours(11));

        var outcome = await client.SendAsync(RawClient.Value(call));

        outcome.AssertRefused(
            StatusCode.Unauthenticated,
            "Kerberos error=TICKET_EXPIRED",
            "The ticket has ended by the service's clock. Next: get a new one (kinit; a keytab does it by itself), or compare both clocks.");
    }

    [Fact]
    public async Task CallSixMinutesOld_SkewProved()
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client();
        var call = client.Prepare();
        app.Time.Advance(TimeSpan.FromMinutes(6));

        var outcome = await client.SendAsync(RawClient.Value(call));

        AssertProved(outcome, call, "SKEW", "The call's time is not within what the service allows. Next: set both clocks (timedatectl set-ntp true; w32tm /resync).");
        Assert.True(RefusalValue.TryParse(outcome.Challenge, out var refusal));
        Assert.Equal(new KerberosTime(app.Time.GetUtcNow()), KrbError.Decode(refusal.KrbError).ServerTime);
        await client.CallAsync();
    }

    [Fact]
    public async Task StrictStart_CallWithinSkewOfStart_SkewProved()
    {
        await using var app = await new TestServerApp { Options = static o => o.StrictStart = true }.StartAsync();
        var client = app.Client();
        var call = client.Prepare();

        var outcome = await client.SendAsync(RawClient.Value(call));

        Assert.Equal("SKEW", outcome.Error);
        Assert.True(outcome.ProvesRefusalOf(call));
        app.Time.Advance(TimeSpan.FromMinutes(5));
        await client.CallAsync();
    }

    [Fact]
    public async Task ProofSeenBefore_RepeatProved()
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client();
        var call = client.Prepare();
        Assert.True((await client.SendAsync(RawClient.Value(call))).Proves(call));

        var outcome = await client.SendAsync(RawClient.Value(call));

        AssertProved(outcome, call, "REPEAT", "The service has seen this proof before. Next: look for a retrying handler or proxy; retry in ServiceConfig instead.");
        Assert.Equal(1, app.Behaviour.Runs);
    }

    [Fact]
    public async Task ProofOfAnotherMethod_ProofRefused()
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client();
        var call = client.Prepare("/greeter.v1.Greeter/SayHellos");

        var outcome = await client.SendAsync(RawClient.Value(call));

        AssertProved(outcome, call, "PROOF_REFUSED", NotThisCall);
        Assert.Equal(0, app.Behaviour.Runs);
    }

    [Theory]
    [InlineData("session")]
    [InlineData("time")]
    [InlineData("mic")]
    public async Task ProofChangedOnTheWay_ProofRefused(string part)
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client();
        var call = client.Prepare();
        var mic = call.Proof.Mic.ToArray();
        mic[^1] ^= 1;
        Assert.True(SessionId.TryRead(new byte[SessionId.Length], out var otherSession));
        var changed = part switch
        {
            "session" => call.Proof with { Session = otherSession },
            "time" => call.Proof with { Time = call.Proof.Time + TimeSpan.FromMicroseconds(1) },
            _ => call.Proof with { Mic = new Mic(mic) },
        };

        var outcome = await client.SendAsync(new AuthorizationValue(changed, call.Token!.Encoded).Format());

        Assert.Equal((StatusCode.Unauthenticated, "PROOF_REFUSED", NotThisCall), (outcome.Status.StatusCode, outcome.Error, outcome.Status.Detail));
        Assert.Equal(0, app.Behaviour.Runs);
        Assert.True((await client.SendAsync(RawClient.Value(call))).Proves(call));
    }

    [Fact]
    public async Task OurTokenWithMicTakenAway_ProofRefused()
    {
        await using var app = await new TestServerApp { Options = static o => o.UnsafeCallsOnTokenAlone = true }.StartAsync();
        var client = app.Client();
        var call = client.Prepare();

        var outcome = await client.SendAsync(new AuthorizationValue(null, call.Token!.Encoded).Format());

        Assert.Equal("PROOF_REFUSED", outcome.Error);
        Assert.Equal(0, app.Behaviour.Runs);
    }

    [Fact]
    public async Task SessionWithoutToken_SessionUnknown()
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client();
        var known = client.Session.PrepareKnown(RawClient.SayHello, TimeSpan.Zero);

        var outcome = await client.SendAsync(RawClient.Value(known));

        outcome.AssertRefused(
            StatusCode.Unauthenticated, "Kerberos error=SESSION_UNKNOWN", "The service does not know the session. Next: send the call again with a token.");
        await client.CallAsync();
        known = client.Session.PrepareKnown(RawClient.SayHello, TimeSpan.Zero);
        Assert.True((await client.SendAsync(RawClient.Value(known))).Proves(known));
    }

    [Fact]
    public async Task ForeignTokenAlone_ProveAndRunsNothing()
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client();
        var token = ForeignTokens.Make(client.Ticket, app.Time);

        var outcome = await client.SendAsync(new AuthorizationValue(null, token.Encoded).Format());

        Assert.Equal(StatusCode.Unauthenticated, outcome.Status.StatusCode);
        Assert.True(RefusalValue.TryParse(outcome.Challenge, out var refusal));
        Assert.Equal("PROVE", refusal.Error);
        Assert.NotNull(refusal.Session);
        Assert.True(VerifiedApRep.Verify(token, refusal.Token).Passed(out _, out _));
        Assert.Null(outcome.Info);
        Assert.Equal(0, app.Behaviour.Runs);
    }

    [Fact]
    public async Task AuthenticatorOfAnotherClient_ClientMismatch()
    {
        await using var app = await new TestServerApp().StartAsync();
        var ticket = app.Client().Ticket;
        var client = new RawClient(app.Channel(), ticket with { Client = KerberosPrincipal.Parse("mallory@TEST.LOCAL") }, app.Time);
        var call = client.Prepare();

        var outcome = await client.SendAsync(RawClient.Value(call));

        AssertProved(outcome, call, "CLIENT_MISMATCH", "The service refused the proof: ClientMismatch. Next: its log, event 120, names the step.");
        await new RawClient(app.Channel(), ticket, app.Time).CallAsync();
    }

    [Fact]
    public async Task ClientOfAnotherRealm_RefusedUnlessNamed()
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client("bob@OTHER.TEST");
        var call = client.Prepare();

        AssertProved(await client.SendAsync(RawClient.Value(call)), call, "TRANSIT_REFUSED", "The service refused the proof: TransitRefused. Next: its log, event 120, names the step.");

        await using var open = await new TestServerApp { Options = static o => o.Realms.Add("OTHER.TEST") }.StartAsync();
        Assert.Equal("bob@OTHER.TEST", (await open.Client("bob@OTHER.TEST", change: static t => t.Flags |= Protocol.Registry.TicketFlags.TransitedPolicyChecked).CallAsync()).Principal);
    }

    [Fact]
    public async Task TicketOfAnotherAddress_AddressMismatchWhereChecked()
    {
        await using var app = await new TestServerApp { Tls = false, Options = static o => o.CheckClientAddress = true }.StartAsync();
        var client = app.Client(change: static t => t.Addresses = [HostAddress.From(IPAddress.Parse("192.0.2.1"))]);
        var call = client.Prepare();

        AssertProved(await client.SendAsync(RawClient.Value(call)), call, "ADDRESS_MISMATCH", "The service refused the proof: AddressMismatch. Next: its log, event 120, names the step.");

        await app.Client(change: static t => t.Addresses = [HostAddress.From(IPAddress.Loopback)]).CallAsync();
    }

    [Fact]
    public async Task ReplayCacheAway_UnavailableUntilItAnswers()
    {
        var cache = new FailingCache();
        await using var app = await WithCache(cache).StartAsync();
        var client = app.Client();
        var call = client.Prepare();

        var outcome = await client.SendAsync(RawClient.Value(call));

        Assert.Equal(
            (StatusCode.Unavailable, "UNAVAILABLE", "The service cannot tell a new proof from a used one just now. Next: try again later; its log, event 122 or 120, has the reason."),
            (outcome.Status.StatusCode, outcome.Error, outcome.Status.Detail));
        Assert.True(outcome.ProvesRefusalOf(call));
        Assert.Contains(app.Log.Ours, static l => l.Id.Id == 122 && l.Text.StartsWith("the replay cache does not answer: TimeoutException: calls are refused until it answers", StringComparison.Ordinal));
        cache.Inner = new MemoryReplayCache(app.Time);
        Assert.True((await client.SendAsync(RawClient.Value(call))).Proves(call));
    }

    [Fact]
    public async Task ReplayCacheFull_ResourceExhausted()
    {
        await using var app = await WithCache(new FailingCache { Inner = new MemoryReplayCache(TimeProvider.System, capacity: 1, shards: 1) }).StartAsync();
        var client = app.Client();
        await app.Client().CallAsync();
        var call = client.Prepare();

        var outcome = await client.SendAsync(RawClient.Value(call));

        Assert.Equal((StatusCode.ResourceExhausted, "UNAVAILABLE"), (outcome.Status.StatusCode, outcome.Error));
        Assert.True(outcome.ProvesRefusalOf(call));
    }

    private static TestServerApp WithCache(IReplayCache cache) => new()
    {
        Services = (app, services) => services.AddSingleton(cache).AddAuthentication().AddKerberos(app.Configure),
    };

    private static void AssertProved(Outcome outcome, PreparedCall call, string error, string text)
    {
        Assert.Equal((StatusCode.Unauthenticated, error, text), (outcome.Status.StatusCode, outcome.Error, outcome.Status.Detail));
        Assert.True(outcome.ProvesRefusalOf(call));
        Assert.Null(outcome.Info);
    }

    private sealed class FailingCache : IReplayCache
    {
        public MemoryReplayCache? Inner { get; set; }

        public ValueTask<bool> TryAddAsync(ReplayKey key, DateTimeOffset until, CancellationToken cancellationToken) =>
            Inner?.TryAddAsync(key, until, cancellationToken) ?? throw new TimeoutException("secret connection string");
    }
}
