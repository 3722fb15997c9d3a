using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>By Kestrel: TestServer hears of no trace.</summary>
public sealed class ActivityTests
{
    private const string Requests = "Microsoft.AspNetCore";

    [Fact]
    public async Task Requests_TellTheirSpanHowTheyWereProved()
    {
        await using var app = await new TestServerApp { Tls = false }.StartAsync();
        using var spans = new Spans(Requests);
        using var sessions = new SessionCaller(app);
        var client = app.Client();

        await client.CallAsync();
        await client.SendAsync(RawClient.Value(client.Session.PrepareKnown(RawClient.SayHello, TimeSpan.Zero, null)));
        _ = (await sessions.EstablishAsync(app.Client().Prepare(SessionCaller.Establish))).Established;
        // PROVE: nothing failed.
        await client.SendAsync(new StockClient(app.Client().Ticket, app.Time).Header());

        Assert.Equal(["header", "session", "establish", "negotiate"], await ToldAsync(spans, 4));
    }

    [Fact]
    public async Task Requests_Refused_TellWhatThePeerIsTold()
    {
        await using var app = await new TestServerApp { Tls = false }.StartAsync();
        using var spans = new Spans(Requests);
        using var sessions = new SessionCaller(app);
        var client = app.Client();
        var call = client.Prepare();

        await client.SendAsync();
        await client.SendAsync("Kerberos nothing");
        await client.SendAsync(new AuthorizationValue(call.Proof, default).Format());
        await client.SendAsync(RawClient.Value(call));
        await client.SendAsync(RawClient.Value(call));
        await sessions.PostAsync(SessionCaller.Establish, SessionCaller.Message(default), null);

        Assert.Equal(
            ["TOKEN_MISSING", "TOKEN_MALFORMED", "session SESSION_UNKNOWN", "header", "session REPEAT", "TOKEN_MISSING"],
            await ToldAsync(spans, 6));
    }

    [Fact]
    public async Task Request_PolicyNotMet_IsNotAllowed()
    {
        await using var app = await new TestServerApp { Tls = false, Endpoints = static (_, e) => e.RequireAuthorization(static p => p.RequireKerberosRealm("ELSEWHERE")) }.StartAsync();
        using var spans = new Spans(Requests);
        var client = app.Client();

        await client.SendAsync(RawClient.Value(client.Prepare()));

        Assert.Equal(["header NOT_ALLOWED"], await ToldAsync(spans, 1));
    }

    /// <summary>The first scheme lacks the key; that another has it is no error.</summary>
    [Fact]
    public async Task Request_TakenByTheSecondScheme_HasNoError()
    {
        await using var app = await new TestServerApp
        {
            Tls = false,
            Services = static (app, services) => services.AddAuthentication()
                .AddKerberos("other", o =>
                {
                    app.Configure(o);
                    o.LoadKeytab = static _ => ValueTask.FromResult<ReadOnlyMemory<byte>>(
                        Protocol.Credentials.KeytabFile.Write(new GrpcKerberos.Testing.Tickets.TestKeys().Add(TestServerApp.Service).Keytab));
                })
                .AddKerberos("ours", app.Configure),
        }.StartAsync();
        using var spans = new Spans(Requests);

        await app.Client().CallAsync();

        Assert.Equal(["header"], await ToldAsync(spans, 1));
    }

    /// <summary>Carrier and error of each request, in their order: a span ends a moment after its answer.</summary>
    private static async Task<IEnumerable<string>> ToldAsync(Spans spans, int count)
    {
        await spans.WaitForAsync(_ => spans.Of(Requests).Count == count);
        return spans.Of(Requests)
            .OrderBy(static s => s.StartTimeUtc)
            .Select(static s => $"{s.GetTagItem("kerberos.carrier")} {s.GetTagItem("error.type")}".Trim());
    }
}
