using System.Diagnostics.Metrics;
using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Wire;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class ServerMetricsTests
{
    private const string Exchanges = "kerberos.server.exchange.duration";
    private const string Skew = "kerberos.server.clock_skew";
    private const string Reloads = "kerberos.server.keytab.reloads";

    [Fact]
    public async Task Instruments_AreThoseOfTheReadme()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var meters = Listen(app);

        Assert.Equal(
            [
                $"{Skew} s",
                $"{Exchanges} s",
                $"{Reloads} {{reload}}",
                "kerberos.server.replay_cache.entries {entry}",
                "kerberos.server.sessions {session}",
                "kerberos.server.tickets {ticket}",
            ],
            meters.Instruments.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Exchanges_ByHowTheProofCame_TakeTheTimeOfTheApplicationToo()
    {
        await using var app = new TestServerApp();
        app.Options = o => o.Events.OnSessionEstablished = _ =>
        {
            app.Time.Advance(TimeSpan.FromSeconds(2));
            return Task.CompletedTask;
        };
        await app.StartAsync();
        using var meters = Listen(app);
        using var sessions = new SessionCaller(app);
        var client = app.Client();

        await client.CallAsync();
        await KnownAsync(client);
        var other = app.Client();
        _ = (await sessions.EstablishAsync(other.Prepare(SessionCaller.Establish))).Established;
        // PROVE: nothing failed.
        Assert.Equal("PROVE", (await other.SendAsync(new StockClient(app.Client().Ticket, app.Time).Header())).Error);

        Assert.Equal(["2 kerberos.carrier=header", "0 kerberos.carrier=session", "2 kerberos.carrier=establish", "2 kerberos.carrier=negotiate"], meters.Of(Exchanges));
    }

    [Fact]
    public async Task Exchanges_Refused_SayWhatThePeerIsTold()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var meters = Listen(app);
        var client = app.Client();
        await client.SendAsync("Kerberos token=AAAA");
        await client.SendAsync(new AuthorizationValue(client.Prepare().Proof, default).Format());
        var call = client.Prepare();
        await client.SendAsync(RawClient.Value(call));
        await client.SendAsync(RawClient.Value(call));

        Assert.Equal(
            [
                "0 kerberos.carrier=header error.type=TOKEN_MALFORMED",
                "0 kerberos.carrier=session error.type=SESSION_UNKNOWN",
                "0 kerberos.carrier=header",
                "0 kerberos.carrier=session error.type=REPEAT",
            ],
            meters.Of(Exchanges));
    }

    [Fact]
    public async Task Exchanges_RefusedByTheApplication_AreNotAllowed()
    {
        await using var app = await new TestServerApp
        {
            Options = static o => o.Events.OnSessionEstablished = static context =>
            {
                context.Refuse("left the company");
                return Task.CompletedTask;
            },
        }.StartAsync();
        using var meters = Listen(app);
        var client = app.Client();

        await client.SendAsync(RawClient.Value(client.Prepare()));

        Assert.Equal(["0 kerberos.carrier=header error.type=NOT_ALLOWED"], meters.Of(Exchanges));
    }

    [Fact]
    public async Task Tickets_NameTheKeyAndNeverTheCaller()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var meters = Listen(app);
        var client = app.Client();

        await client.CallAsync();
        await KnownAsync(client);
        await client.SendAsync(RawClient.Value(client.Prepare("/x/y")));
        meters.Collect();

        Assert.Equal(
            ["1 kerberos.service=HTTP/orders.test@TEST.LOCAL kerberos.key_version=1 kerberos.encryption_type=aes256-cts-hmac-sha384-192"],
            meters.Of("kerberos.server.tickets"));
        Assert.DoesNotContain(meters.Lines, static l => l.Contains("alice", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Of replays nothing is told: their age is the work of whoever sent them.</summary>
    [Fact]
    public async Task ClockSkew_OfTokensTakenAndOfThoseRefusedForIt()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var meters = Listen(app);
        var client = app.Client();
        var alone = new AuthorizationValue(null, new StockClient(client.Ticket, app.Time).ApReq()).Format();
        var (late, tooLate) = (client.Prepare(), app.Client().Prepare());
        await client.SendAsync(alone);
        app.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("REPEAT", (await client.SendAsync(alone)).Error);
        await app.Client().SendAsync(RawClient.Value(late));
        app.Time.Advance(TimeSpan.FromSeconds(330));
        Assert.Equal("SKEW", (await app.Client().SendAsync(RawClient.Value(tooLate))).Error);

        var skews = meters.All.Where(static m => m.Name == Skew).Select(static m => Math.Round(m.Value)).ToArray();
        Assert.Equal([0, 30, 360], skews);
    }

    [Fact]
    public async Task Kept_SessionsAndProofs()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var meters = Listen(app);
        meters.Collect();
        await app.Client().CallAsync();
        await app.Client().CallAsync();
        meters.Collect();

        Assert.Equal(["0", "2"], meters.Of("kerberos.server.sessions"));
        Assert.Equal(["0", "2"], meters.Of("kerberos.server.replay_cache.entries"));
    }

    [Fact]
    public async Task Kept_ProofsInTheApplicationsStore_AreNotCounted()
    {
        await using var app = await new TestServerApp
        {
            Services = static (app, services) => services.AddSingleton<IReplayCache>(new MemoryReplayCache(app.Time)).AddAuthentication().AddKerberos(app.Configure),
        }.StartAsync();
        using var meters = Listen(app);
        await app.Client().CallAsync();
        meters.Collect();

        Assert.Equal(["1"], meters.Of("kerberos.server.sessions"));
        Assert.Empty(meters.Of("kerberos.server.replay_cache.entries"));
    }

    [Fact]
    public async Task Reloads_CountEachFailureAndTheEndOfIt()
    {
        await using var scene = await new KeytabScene().StartAsync();
        using var meters = Listen(scene.App);
        scene.Replace("no keytab"u8.ToArray());
        scene.Poll();
        scene.Poll();
        scene.Replace(scene.All);
        scene.Poll();

        Assert.Equal(["1 error.type=KEYTAB_UNUSABLE", "1 error.type=KEYTAB_UNUSABLE", "1"], meters.Of(Reloads));
    }

    [Fact]
    public void Exchange_NobodyListens_CostsNothing()
    {
        using var meters = new Meters();
        var metrics = new ServerMetrics(meters, new ManualTime());
        metrics.Judged(metrics.Begin(), "session", error: null);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
        {
            Assert.True(metrics.Begin() == 0);
            metrics.Judged(metrics.Begin(), "session", error: null);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        meters.Listen();
        Assert.NotEqual(0, metrics.Begin());
        metrics.Judged(metrics.Begin(), "session", error: null);
        Assert.Equal([$"{Exchanges} 0 kerberos.carrier=session"], meters.Lines);
    }

    [Fact]
    public void Exchange_Listened_AllocatesNothing()
    {
        using var meters = new Meters();
        var metrics = new ServerMetrics(meters, new ManualTime());
        using var listener = new MeterListener { InstrumentPublished = (i, l) => { if (ReferenceEquals(i.Meter.Scope, meters)) l.EnableMeasurementEvents(i); } };
        var taken = 0;
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => taken++);
        listener.Start();
        metrics.Judged(metrics.Begin(), "session", error: null);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++) metrics.Judged(metrics.Begin(), "session", "REPEAT");

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(101, taken);
    }

    private static Meters Listen(TestServerApp app) => new Meters().Listen(app.App.Services.GetRequiredService<IMeterFactory>());

    private static async Task KnownAsync(RawClient client)
    {
        var known = client.Session.PrepareKnown(RawClient.SayHello, TimeSpan.Zero, null);
        Assert.True((await client.SendAsync(RawClient.Value(known))).Proves(known));
    }
}
