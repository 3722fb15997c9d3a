using System.Buffers.Text;
using System.Globalization;
using System.Text;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Testing.Tickets;
using GrpcKerberos.Tests.AspNetCore;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>Tokens of stock clients in other hands than theirs.</summary>
public sealed class NegotiateTests
{
    /// <summary>It may run its call alone, once: whoever shows it at the same moment, in whatever frame, has shown the same authenticator.</summary>
    [Fact]
    public async Task BoundToken_ShownManyTimesAtOnceInEveryFrame_RunsOnce()
    {
        await using var app = await new TestServerApp { Tls = true, Options = static o => o.SessionPortability = SessionPortability.Auto }.StartAsync();
        var client = app.Client();
        var apReq = new StockClient(client.Ticket, app.Time) { Binding = ChannelBinding.Of(app.ServerCertificate!) }.ApReq();
        var frame = GssFrame.WrapApReq(apReq.Span);
        string[] forms = [Negotiate(frame), Negotiate(Spnego.WriteInit(frame)), new AuthorizationValue(null, apReq).Format()];

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => client.SendAsync(forms[i % forms.Length]))));

        Assert.Equal(1, app.Behaviour.Runs);
        Assert.Single(outcomes, static o => o.Reply is not null);
        Assert.All(outcomes.Where(static o => o.Reply is null), static o => Assert.Equal("REPEAT", o.Error));
    }

    /// <summary>Whoever has K may bring it by Negotiate, by Establish, with tokens and without, under any numbers and in any order: none runs twice.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task OneKey_BroughtInEveryWay_RunsNoNumberTwice(int seed)
    {
        await using var app = await new TestServerApp().StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        var random = new Random(seed);
        var key = Subkey.Generate(client.Ticket.SessionKey.Type);
        var id = SessionId.Derive(key, client.Ticket.Ticket.Encoded.Span);
        using var keys = new SessionKeys(key, KeyOwner.Initiator);
        var ran = new HashSet<ulong>();
        var establishingRan = 0;
        for (var step = 0; step < 80; step++)
        {
            app.Time.Advance(TimeSpan.FromMilliseconds(3));
            var (now, number) = (new KerberosTime(app.Time.GetUtcNow()), (ulong)random.Next(90, 120));
            var token = new StockClient(client.Ticket, app.Time, key, (uint)random.Next(90, 120)).ApReq();
            CallProof Proof(string method, ReadOnlyMemory<byte> with) => new(id, now, keys.SignCall(number, new CallInput(id, now, method, [], with.Span)));
            var before = app.Behaviour.Runs;
            switch (random.Next(5))
            {
                case 0:
                    await client.SendAsync(Negotiate(GssFrame.WrapApReq(token.Span)));
                    establishingRan += app.Behaviour.Runs - before;
                    break;
                case 1:
                    var proof = random.Next(2) == 0 ? null : new AuthorizationValue(Proof(SessionCaller.Establish, token), default).Format();
                    await sessions.PostAsync(SessionCaller.Establish, SessionCaller.Message(token), proof);
                    establishingRan += app.Behaviour.Runs - before;
                    break;
                default:
                    var with = random.Next(2) == 0 ? token : default;
                    await client.SendAsync(new AuthorizationValue(Proof(RawClient.SayHello, with), with).Format());
                    if (app.Behaviour.Runs > before) Assert.True(ran.Add(number), $"{number} ran twice");
                    break;
            }
        }

        Assert.Equal(0, establishingRan);
        Assert.Equal(ran.Count, app.Behaviour.Runs);
        Assert.True(ran.Count > 5, $"{ran.Count}");
    }

    /// <summary>No key, no such version, a key that does not fit and an authenticator that does not open: the same answer to the last octet.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TicketsThatNoKeyOpens_AreToldApartByNothing(bool spnego)
    {
        await using var app = await new TestServerApp().StartAsync();
        using var sessions = new SessionCaller(app);
        var foreign = new TestTickets(new TestKeys().Add(TestServerApp.Service).Add("HTTP/none.test@TEST.LOCAL"), app.Time);
        ServiceTicket[] tickets =
        [
            foreign.IssueTicket(TestServerApp.Alice, TestServerApp.Service),
            foreign.IssueTicket(TestServerApp.Alice, "HTTP/none.test@TEST.LOCAL"),
            foreign.IssueTicket(TestServerApp.Alice, TestServerApp.Service, static t => t.KeyVersion = 9),
            app.Tickets.IssueTicket(TestServerApp.Alice, TestServerApp.Service) with { SessionKey = TicketSessionKey.Generate(EncryptionType.Aes256CtsHmacSha384) },
        ];
        var answers = new HashSet<string>();
        var established = new HashSet<string>();
        foreach (var ticket in tickets)
        {
            var token = new StockClient(ticket, app.Time) { Spnego = spnego }.Token();
            var outcome = await new RawClient(app.Channel(), ticket, app.Time).SendAsync(Negotiate(token));
            Assert.Equal("TICKET_REFUSED", outcome.Error);
            answers.Add($"{outcome.Status} {string.Join('|', outcome.Headers)}");
            established.Add((await sessions.PostAsync(SessionCaller.Establish, SessionCaller.Message(token), null)).Headers.ToString());
        }

        Assert.Single(answers);
        Assert.Single(established);
    }

    /// <summary>A name in the plaintext of a ticket is whoever's; the application that hears why a proof was refused writes it down somewhere.</summary>
    [Theory]
    [InlineData("evil\r\n2026-11-25 alice logged in\u001b[2K")]
    [InlineData("evil\u2028alice\u202egnp.exe")]
    [InlineData("evil\U000E0061\U000E006Calice")]
    [InlineData(null)]
    public async Task HostileName_IsToldTheApplicationAndTheLogCleanAndCut(string? name)
    {
        var told = "";
        await using var app = await new TestServerApp
        {
            Options = o => o.Events.OnAuthenticationFailed = context =>
            {
                told = context.Detail;
                return Task.CompletedTask;
            },
        }.StartAsync();
        using var sessions = new SessionCaller(app);
        var ticket = app.Tickets.IssueTicket(TestServerApp.Alice, TestServerApp.Service);
        var hostile = ticket with { Ticket = new Ticket("TEST.LOCAL", new PrincipalName(NameType.ServiceInstance, ["HTTP", name ?? new string('x', 20_000)]), ticket.Ticket.EncPart with { KeyVersion = 9, Cipher = new byte[64] }) };

        var reply = await sessions.PostAsync(SessionCaller.Establish, SessionCaller.Message(new StockClient(hostile, app.Time).Token()), null);

        reply.AssertRefused(Grpc.Core.StatusCode.Unauthenticated, "TICKET_REFUSED");
        Assert.StartsWith("keytab has HTTP/orders.test@TEST.LOCAL, the ticket is for HTTP/", told, StringComparison.Ordinal);
        Assert.True(told.Length <= 1024, $"{told.Length}");
        Assert.Contains(told, Assert.Single(app.Log.Ours, static l => l.Id.Id == 120).Text, StringComparison.Ordinal);
        Assert.All(told.EnumerateRunes(), static r => Assert.False(
            Rune.GetUnicodeCategory(r) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator, $"U+{r.Value:X4}"));
    }

    /// <summary>Every category down to Trace, and what the application is told, through good calls, repeats and spoilt tokens.</summary>
    [Fact]
    public async Task Log_HoldsNoTokenKeyMicOrSession()
    {
        var details = new List<string>();
        await using var app = await new TestServerApp
        {
            Options = o => o.Events.OnAuthenticationFailed = context =>
            {
                details.Add(context.Detail);
                return Task.CompletedTask;
            },
        }.StartAsync();
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        var secrets = new List<byte[]> { client.Ticket.SessionKey.Bytes.ToArray(), client.Ticket.Ticket.Encoded.ToArray() };
        foreach (var spnego in new[] { false, true })
        {
            var stock = new StockClient(client.Ticket, app.Time) { Spnego = spnego };
            var token = stock.Token();
            var outcome = await client.SendAsync(Negotiate(token));
            Assert.True(RefusalValue.TryParse(outcome.Challenge, out var prove));
            stock.TakeAnswer(outcome.Negotiate);
            var header = stock.Call(prove.Session!.Value, out var mic);
            Assert.NotNull((await client.SendAsync(header)).Reply);
            secrets.AddRange([token, prove.Session.Value.ToArray(), prove.Token.ToArray(), mic.ToArray()]);
            var spoilt = (byte[])token.Clone();
            spoilt[^1] ^= 1;
            foreach (var value in new[] { header, Negotiate(token), Negotiate(spoilt), Negotiate(token.AsMemory(..^1)), Negotiate(token) + "!" }) Assert.Null((await client.SendAsync(value)).Reply);
            foreach (var octets in new[] { token, spoilt }) await sessions.PostAsync(SessionCaller.Establish, SessionCaller.Message(octets), Negotiate(octets));
            await sessions.PostAsync(SessionCaller.Close, SessionCaller.Frame([]), Negotiate(token));
            // The log lets one refusal a second of each kind through.
            app.Time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.NotEmpty(details);
        var log = string.Join('\n', app.Log.All.Select(static l => l.Text).Concat(details));
        foreach (var part in secrets.SelectMany(static s => s.Chunk(12).Where(static c => c.Length == 12)))
        {
            Assert.DoesNotContain(Convert.ToBase64String(part), log, StringComparison.Ordinal);
            Assert.DoesNotContain(Base64Url.EncodeToString(part), log, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexString(part), log, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static string Negotiate(ReadOnlyMemory<byte> token) => "Negotiate " + Convert.ToBase64String(token.Span);
}
