using Grpc.Core;
using GrpcKerberos.Testing.Tickets;
using GrpcKerberos.Wire;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class ServerLogTests
{
    [Fact]
    public async Task Log_StartAndGoodCall_SayWhoByWhat()
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client();
        await client.CallAsync();

        Assert.Equal(
            [
                (100, LogLevel.Information, "Keytab of LoadKeytab: 4 keys of HTTP/orders.test@TEST.LOCAL, newest kvno 1, aes256-cts-hmac-sha384-192, aes128-cts-hmac-sha256-128, aes256-cts-hmac-sha1-96, aes128-cts-hmac-sha1-96"),
                (110, LogLevel.Debug, $"Token of alice@TEST.LOCAL to HTTP/orders.test@TEST.LOCAL by header, kvno 1, aes256-cts-hmac-sha384-192, skew 0 ms, ticket until {client.Ticket.Ends}"),
                (112, LogLevel.Trace, "alice@TEST.LOCAL /greeter.v1.Greeter/SayHello"),
            ],
            app.Log.Ours.Select(static l => (l.Id.Id, l.Level, l.Text.Split('\n')[0])));
    }

    [Fact]
    public async Task Log_Refusals_OneASecondWithTheOthersCounted()
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client();
        for (var i = 0; i < 5; i++) await client.SendAsync("Kerberos token=AAAA");
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await client.SendAsync("Kerberos token=AAAA");

        var lines = app.Log.Ours.Where(static l => l.Id.Id == 120).Select(static l => l.Text.Split('\n')[0]).ToList();
        Assert.Equal(2, lines.Count);
        Assert.StartsWith("TokenMalformed at Malformed for /greeter.v1.Greeter/SayHello, unknown caller: the token is no KRB_AP_REQ:", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("(0 more)", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("(4 more)", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_Replay_HasItsOwnEvent()
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client();
        var call = client.Prepare();
        await client.SendAsync(RawClient.Value(call));
        await client.SendAsync(RawClient.Value(call));

        var line = Assert.Single(app.Log.Ours, static l => l.Id.Id == 121);
        Assert.Matches("^Replayed at NumberRepeated for /greeter.v1.Greeter/SayHello, alice@TEST.LOCAL: call [0-9]+ of alice@TEST.LOCAL was run before", line.Text);
    }

    [Fact]
    public async Task Log_NoProofAndUnknownSession_AreDebug()
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client();
        await client.SendAsync();
        await client.SendAsync(new AuthorizationValue(client.Prepare().Proof, default).Format());

        Assert.Equal([LogLevel.Debug, LogLevel.Debug], app.Log.Ours.Where(static l => l.Id.Id == 120).Select(static l => l.Level));
    }

    /// <summary>A client of ours opens its connection so, to see the certificate: that is no warning.</summary>
    [Fact]
    public async Task Log_EstablishWithNeitherProofNorToken_IsDebug()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var sessions = new SessionCaller(app);

        var reply = await sessions.PostAsync(SessionCaller.Establish, SessionCaller.Message(default), null);

        reply.AssertRefused(StatusCode.Unauthenticated, "TOKEN_MISSING");
        Assert.Equal(LogLevel.Debug, Assert.Single(app.Log.Ours, static l => l.Id.Id == 120).Level);
        await app.Client().CallAsync();
    }

    [Fact]
    public async Task Log_NameWithLineBreakInPlaintext_StaysOneLine()
    {
        await using var app = await new TestServerApp().StartAsync();
        const string name = "HTTP/x\r\u001b[31mforged@TEST.LOCAL";
        var client = new RawClient(app.Channel(), new TestTickets(new TestKeys().Add(name), app.Time).IssueTicket(TestServerApp.Alice, name), app.Time);

        await client.SendAsync(RawClient.Value(client.Prepare()));

        var line = Assert.Single(app.Log.Ours, static l => l.Id.Id == 120);
        Assert.Contains("HTTP/x??[31mforged@TEST.LOCAL", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(line.Text, static c => c is '\r' or '\u001b');
    }
}
