using System.Diagnostics.Metrics;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.Client;

public sealed class ClientMetricsTests
{
    private const string Proofs = "kerberos.client.proof.duration";
    private const string Resends = "kerberos.client.resends";
    private const string Refusals = "kerberos.client.refusals";
    private const string Remaining = "kerberos.client.ticket.remaining";
    private const string KdcRequests = "kerberos.kdc.request.duration";

    [Theory]
    [InlineData(false, "kerberos.carrier=header", "kerberos.carrier=session")]
    [InlineData(true, "kerberos.carrier=establish", "kerberos.carrier=session", "kerberos.carrier=session")]
    public async Task Proofs_ByHowTheyGo(bool establishFirst, params string[] carriers)
    {
        using var meters = new Meters().Listen();
        await using var scene = await ClientScene.StartAsync(
            settings: new ClientSettings { EstablishFirst = establishFirst }, portability: establishFirst ? Portability.Never : null, meters: meters);

        for (var i = 0; i < 2; i++) await Calls.MakeAsync(scene.Invoker, Shape.Unary);

        Assert.Equal(carriers, TagsOf(meters, Proofs));
        Assert.Empty(meters.Of(Resends));
        Assert.Empty(meters.Of(Refusals));
    }

    [Fact]
    public async Task Skew_Corrected_IsOneResendAndNoRefusal()
    {
        using var meters = new Meters().Listen();
        await using var scene = await ClientScene.StartAsync(serverClock: new ShiftedTime(TimeSpan.FromMinutes(10)), meters: meters);

        await Calls.MakeAsync(scene.Invoker, Shape.Unary);

        Assert.Equal(["1 error.type=SKEW"], meters.Of(Resends));
        Assert.Empty(meters.Of(Refusals));
    }

    [Fact]
    public async Task Refusal_AndImpostor_ByTheirError()
    {
        using var meters = new Meters().Listen();
        await using var scene = await ClientScene.StartAsync(meters: meters);
        await Calls.MakeAsync(scene.Invoker, Shape.Unary);
        scene.Tickets.Change = static t => t.SealingKey = Protocol.Crypto.LongTermKey.Generate(t.EncryptionType);
        scene.RenewTicket();
        await Calls.FailAsync(scene.Invoker, Shape.Unary);
        scene.Server.Script = static (_, run) => run();
        await Calls.FailAsync(scene.Invoker, Shape.Unary);

        Assert.Equal(["1 error.type=TICKET_REFUSED", "1 error.type=SERVER_NOT_PROVEN"], meters.Of(Refusals));
    }

    [Fact]
    public async Task Ticket_AtHand_TellsHowLongItLasts_UntilTheClientIsDisposed()
    {
        using var meters = new Meters().Listen();
        await using var scene = await ClientScene.StartAsync(meters: meters);
        meters.Collect();
        Assert.Empty(meters.Of(Remaining));
        await Calls.MakeAsync(scene.Invoker, Shape.Unary);

        meters.Collect();

        var told = Assert.Single(meters.All, static m => m.Name == Remaining);
        Assert.Equal("kerberos.service=HTTP/localhost@TEST.LOCAL", told.Tags);
        Assert.InRange((scene.Ticket.Ends.ToDateTimeOffset() - TimeProvider.System.GetUtcNow()).TotalSeconds, told.Value - 60, told.Value);
        Assert.DoesNotContain(meters.Lines, static l => l.Contains("alice", StringComparison.OrdinalIgnoreCase));
        scene.Interceptor.Dispose();
        meters.Collect();
        Assert.Single(meters.Of(Remaining));
    }

    [Fact]
    public async Task Kdc_Requests_ByExchangeAndHost()
    {
        await using var realm = await TestRealm.StartAsync();
        realm.AddService("HTTP/localhost");
        using var meters = new Meters().Listen();
        using var interceptor = new KerberosClientInterceptor(
            new KerberosClientOptions { Keytab = realm.AddUser("alice").Keytab, Krb5Config = realm.Krb5Config, KdcTimeout = TimeSpan.FromMinutes(1) }, null, meters);

        await interceptor.GetTicketAsync("HTTP/localhost");
        await Assert.ThrowsAsync<Protocol.KerberosException>(() => interceptor.GetTicketAsync("HTTP/elsewhere"));
        realm.Fault = KdcFault.Unreachable;
        await Assert.ThrowsAsync<Protocol.KerberosException>(() => interceptor.GetTicketAsync("HTTP/third"));
        meters.Collect();

        // The first AS exchange is asked to pre-authenticate: that is how logins go.
        const string host = "server.address=127.0.0.1";
        Assert.Equal(
            [
                $"kerberos.exchange=AS {host}",
                $"kerberos.exchange=AS {host}",
                $"kerberos.exchange=TGS {host}",
                $"kerberos.exchange=TGS {host} error.type=KDC_ERR_S_PRINCIPAL_UNKNOWN",
                $"kerberos.exchange=TGS {host} error.type=UNREACHABLE",
            ],
            TagsOf(meters, KdcRequests));
        Assert.Equal(["kerberos.service=HTTP/localhost@TEST.LOCAL"], TagsOf(meters, Remaining));
    }

    [Fact]
    public void AddKerberosClient_TakesTheApplicationsMeterFactory()
    {
        using var meters = new Meters().Listen();
        using var services = new ServiceCollection()
            .AddSingleton<IMeterFactory>(meters)
            .AddKerberosClient(static o => o.Keytab = "/run/a.keytab")
            .AddKerberosClient("legacy", static o => o.Keytab = "/run/b.keytab")
            .BuildServiceProvider();

        services.GetRequiredService<KerberosClientInterceptor>();
        string[] all = [$"{Proofs} s", $"{Refusals} {{call}}", $"{Resends} {{call}}", $"{Remaining} s", $"{KdcRequests} s"];
        Assert.Equal(all, meters.Instruments.Order(StringComparer.Ordinal));

        // Another identity brings its tickets, and no other instrument.
        services.GetRequiredKeyedService<KerberosClientInterceptor>("legacy");
        Assert.Equal([.. all, $"{Remaining} s"], [.. meters.Instruments.Take(5).Order(StringComparer.Ordinal), .. meters.Instruments.Skip(5)]);
    }

    [Fact]
    public void Proof_NobodyListens_CostsNothing()
    {
        using var meters = new Meters();
        using var metrics = new ClientMetrics(meters, TimeProvider.System);
        metrics.Proved(metrics.Begin(), "session");
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
        {
            Assert.True(metrics.Begin() == 0);
            metrics.Proved(metrics.Begin(), "session");
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        meters.Listen();
        Assert.NotEqual(0, metrics.Begin());
        metrics.Proved(metrics.Begin(), "session");
        Assert.Equal(["kerberos.carrier=session"], TagsOf(meters, Proofs));
    }

    private static IEnumerable<string> TagsOf(Meters meters, string instrument) => meters.All.Where(m => m.Name == instrument).Select(static m => m.Tags);
}
