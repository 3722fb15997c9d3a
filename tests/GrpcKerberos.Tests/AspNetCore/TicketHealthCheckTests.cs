using System.Runtime.CompilerServices;
using GrpcKerberos.Client;
using GrpcKerberos.Shared;
using GrpcKerberos.Testing;
using GrpcKerberos.Tests.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class TicketHealthCheckTests : IDisposable
{
    private const string Service = "HTTP/ledger.test";

    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private readonly LogRecorder _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Check_WhileTheKdcIsThereAndAway_HealthyDegradedUnhealthy()
    {
        await using var realm = await StartRealmAsync();
        await using var provider = Provide(s => s.AddKerberosClient(o => Configure(o, realm)));

        var healthy = await CheckAsync(provider);
        realm.Fault = KdcFault.Unreachable;
        _time.Shift += TimeSpan.FromHours(9);
        // Renewal is due now and begins behind this check.
        await CheckAsync(provider);
        await SettledAsync(provider);
        var degraded = await CheckAsync(provider);
        _time.Shift += TimeSpan.FromHours(2);
        var unhealthy = await CheckAsync(provider);
        realm.Fault = KdcFault.None;
        var again = await CheckAsync(provider);

        Assert.Equal((HealthStatus.Healthy, "A ticket for HTTP/ledger.test@TEST.LOCAL is at hand."), (healthy.Status, healthy.Description));
        Assert.Equal(["enctype", "end", "kdc", "kvno"], healthy.Data.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(realm.Kdc, healthy.Data["kdc"]);
        Assert.Equal((1, "aes256-cts-hmac-sha384-192"), (healthy.Data["kvno"], healthy.Data["enctype"]));
        Assert.Equal((HealthStatus.Degraded, healthy.Data["end"]), (degraded.Status, degraded.Data["end"]));
        Assert.StartsWith(
            $"The ticket for HTTP/ledger.test@TEST.LOCAL holds until {healthy.Data["end"]} but could not be renewed: No KDC of TEST.LOCAL answered", degraded.Description, StringComparison.Ordinal);
        Assert.Contains(" Next: ", degraded.Description, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Unhealthy, unhealthy.Status);
        Assert.StartsWith("No KDC of TEST.LOCAL answered", unhealthy.Description, StringComparison.Ordinal);
        Assert.Contains(" Next: ", unhealthy.Description, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Healthy, again.Status);
    }

    [Fact]
    public async Task Check_KdcBackWhileTheTicketHolds_HealthyAgain()
    {
        await using var realm = await StartRealmAsync();
        await using var provider = Provide(s => s.AddKerberosClient(o => Configure(o, realm)));
        await CheckAsync(provider);
        realm.Fault = KdcFault.Unreachable;
        _time.Shift += TimeSpan.FromHours(9);
        await CheckAsync(provider);
        await SettledAsync(provider);
        Assert.Equal(HealthStatus.Degraded, (await CheckAsync(provider)).Status);

        realm.Fault = KdcFault.None;
        _time.Shift += TimeSpan.FromMinutes(5);
        await CheckAsync(provider);
        await SettledAsync(provider);

        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(provider)).Status);
    }

    [Fact]
    public async Task Check_ServiceTakenFromTheRealm_DegradedThoughTheLoginIsRenewed()
    {
        await using var realm = await StartRealmAsync();
        await using var provider = Provide(s => s.AddKerberosClient(o => Configure(o, realm)));
        await CheckAsync(provider);

        realm.Fault = KdcFault.ServiceUnknown;
        _time.Shift += TimeSpan.FromHours(9);
        await CheckAsync(provider);
        await SettledAsync(provider);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(provider)).Status);
        _time.Shift += TimeSpan.FromMinutes(5);
        await CheckAsync(provider);
        await SettledAsync(provider);
        var entry = await CheckAsync(provider);

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("could not be renewed: TEST.LOCAL knows no service HTTP/ledger.test", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ServiceNobodyKnows_SaysWhatToDo()
    {
        await using var realm = await StartRealmAsync();
        await using var provider = Provide(s => s.AddKerberosClient(o => Configure(o, realm)), service: "HTTP/none.test");

        var entry = await CheckAsync(provider);

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.StartsWith("TEST.LOCAL knows no service HTTP/none.test", entry.Description, StringComparison.Ordinal);
        Assert.Contains(" Next: ", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_KdcsClockFarBehind_DegradedThoughItIsCorrectedFor()
    {
        await using var realm = await StartRealmAsync();
        realm.Fault = KdcFault.ClockBehind;
        await using var provider = Provide(s => s.AddKerberosClient(o => Configure(o, realm)));

        var entry = await CheckAsync(provider);

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Matches("^This host's clock is (19|20) min( [0-9]+ s)? ahead of the KDC's \\(limit 5 min\\)\\. Next: ", entry.Description);
        Assert.InRange(Assert.IsType<TimeSpan>(entry.Data["skew"]), TimeSpan.FromMinutes(-21), TimeSpan.FromMinutes(-19));
    }

    /// <summary>Nothing needs a ticket for hours yet: the check asks by itself, behind the one that is answered.</summary>
    [Fact]
    public async Task Check_KdcAwayWhileNothingIsDue_DegradedAMinuteLaterAndHealthyOnceItIsBack()
    {
        await using var realm = await StartRealmAsync();
        await using var provider = Provide(s => s.AddKerberosClient(o => Configure(o, realm)));
        await CheckAsync(provider);
        realm.Fault = KdcFault.Unreachable;

        var unasked = await CheckAsync(provider);
        _time.Passed += TimeSpan.FromMinutes(1);
        await CheckAsync(provider);
        var degraded = await UntilAsync(provider, HealthStatus.Degraded);
        realm.Fault = KdcFault.None;
        _time.Passed += TimeSpan.FromMinutes(1);
        await CheckAsync(provider);
        var again = await UntilAsync(provider, HealthStatus.Healthy);

        Assert.Equal(HealthStatus.Healthy, unasked.Status);
        Assert.StartsWith(
            $"The ticket for HTTP/ledger.test@TEST.LOCAL holds until {degraded.Data["end"]}, and could not be renewed now: "
            + "No KDC of TEST.LOCAL answered", degraded.Description, StringComparison.Ordinal);
        Assert.Contains(" Next: ", degraded.Description, StringComparison.Ordinal);
        Assert.InRange(Assert.IsType<TimeSpan>(again.Data["skew"]), TimeSpan.FromSeconds(-60), TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData(2, HealthStatus.Healthy)]
    [InlineData(3, HealthStatus.Degraded)]
    public async Task Check_ClocksApartByLessThanIsAllowed_DegradedFromHalf(int minutes, HealthStatus expected)
    {
        await using var realm = await StartRealmAsync();
        var behind = new ShiftedTime(TimeSpan.FromMinutes(-minutes));
        await using var provider = Provide(s => s.AddKerberosClient(o =>
        {
            Configure(o, realm);
            o.TimeProvider = behind;
        }));
        await CheckAsync(provider);

        behind.Passed += TimeSpan.FromMinutes(1);
        await CheckAsync(provider);
        var entry = await UntilAsync(provider, static e => e.Data.ContainsKey("skew"));

        Assert.Equal(expected, entry.Status);
        var half = TimeSpan.FromSeconds(30);
        Assert.InRange(Assert.IsType<TimeSpan>(entry.Data["skew"]), TimeSpan.FromMinutes(minutes) - half, TimeSpan.FromMinutes(minutes) + half);
    }

    [Fact]
    public async Task Check_KdcSilent_EndsWithTheTimeout()
    {
        await using var realm = await StartRealmAsync();
        realm.Fault = KdcFault.Silent;
        await using var provider = Provide(s => s.AddKerberosClient(o => Configure(o, realm)), timeout: TimeSpan.FromMilliseconds(50), failure: HealthStatus.Degraded);

        var entry = await CheckAsync(provider);

        Assert.Equal((HealthStatus.Degraded, "A timeout occurred while running check."), (entry.Status, entry.Description));
    }

    [Fact]
    public async Task Check_NamedClientsAlone_SaysWhichIsMissing()
    {
        await using var provider = Provide(static s => s.AddKerberosClient("legacy", static _ => { }));

        var entry = await CheckAsync(provider);

        Assert.Equal(
            (HealthStatus.Unhealthy, "No Kerberos client is registered, or named ones alone. Next: add services.AddKerberosClient(…), the one without a name."),
            (entry.Status, entry.Description));
    }

    [Fact]
    public async Task Check_OptionsWrong_IsTheFailure()
    {
        await using var provider = Provide(static s => s.AddKerberosClient(static o => o.KdcTimeout = TimeSpan.Zero));

        var entry = await CheckAsync(provider);

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("KdcTimeout", entry.Description, StringComparison.Ordinal);
    }

    private static async Task<HealthReportEntry> CheckAsync(ServiceProvider provider) =>
        (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["kerberos-ticket"];

    private static Task SettledAsync(ServiceProvider provider) =>
        Fetches.SettledAsync(Found((ClientIdentity)Client(provider.GetRequiredService<KerberosClientInterceptor>()).Tickets)!.Source);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_client")]
    private static extern ref KerberosClient Client(KerberosClientInterceptor interceptor);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_found")]
    private static extern ref ClientIdentity.Found? Found(ClientIdentity identity);
    private static Task<HealthReportEntry> UntilAsync(ServiceProvider provider, HealthStatus status) => UntilAsync(provider, e => e.Status == status);

    /// <summary>The checks after this one, until the answer from behind it is there.</summary>
    private static async Task<HealthReportEntry> UntilAsync(ServiceProvider provider, Func<HealthReportEntry, bool> isIt)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var entry = await CheckAsync(provider);
            if (isIt(entry)) return entry;
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<TestRealm> StartRealmAsync()
    {
        var realm = await TestRealm.StartAsync(configure: o => o.TimeProvider = _time);
        realm.AddService(Service);
        return realm;
    }

    private void Configure(KerberosClientOptions options, TestRealm realm)
    {
        options.Krb5Config = realm.Krb5Config;
        options.Keytab = realm.AddUser("alice").Keytab;
        options.TimeProvider = _time;
        options.KdcTimeout = TimeSpan.FromMinutes(2);
    }

    private ServiceProvider Provide(Action<IServiceCollection> add, string service = Service, TimeSpan? timeout = null, HealthStatus? failure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(l => l.AddProvider(_log)).AddHealthChecks().AddKerberosTicket(service, failureStatus: failure, timeout: timeout);
        add(services);
        return services.BuildServiceProvider();
    }
}
