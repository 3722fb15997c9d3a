using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Tests.Client;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GrpcKerberos.Interop.Tests.Operations;

/// <summary>What goes wrong around a service while callers call: its KDC goes, a clock is set. A realm of its own, since the others' KDC must stay.</summary>
public sealed class OutageUnderLoadTests : IAsyncLifetime
{
    private readonly MitRealm _realm = new();

    public Task InitializeAsync() => _realm.InitializeAsync();

    public Task DisposeAsync() => _realm.DisposeAsync();

    [PeerFact]
    public async Task KdcOutage_UnderLoad_LosesNoCallOfWhoHasATicketAndHealthTells()
    {
        await using var greeter = await LoadedGreeter.StartAsync(_realm, "test", _realm.Keytab("test"), TimeProvider.System, watched: "et-aes256-sha2/localhost");
        var caller = await greeter.CallerAsync("alice");
        caller.Give(400);
        await caller.AfterAsync(50);

        await _realm.StopKdcAsync();
        await caller.AfterAsync(50);
        var gone = (await greeter.HealthAsync())["kerberos-ticket"];
        await _realm.StartKdcAsync();
        await caller.AfterAsync(50);
        var back = (await greeter.HealthAsync())["kerberos-ticket"];
        await greeter.EndAsync();

        Assert.Empty(greeter.Failures);
        Assert.Equal(450, greeter.Calls);
        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Healthy), (gone, back));
        Assert.Contains(greeter.Meters.Of("kerberos.kdc.request.duration"), static l => l.Contains("error.type", StringComparison.Ordinal));
    }

    /// <summary>What cannot be sent again, a stream of requests, may fail once with ClockSkew; the rest must not.</summary>
    [PeerTheory]
    [InlineData(20)]
    [InlineData(-20)]
    public async Task ClientClockStep_UnderLoad_LosesNoCallThatCanBeSentAgain(int minutes)
    {
        var clock = new ShiftedTime(TimeSpan.Zero);
        await using var greeter = await LoadedGreeter.StartAsync(_realm, "test", _realm.Keytab("test"), TimeProvider.System);
        var caller = await greeter.CallerAsync("alice", clock);
        caller.Give(400, streams: false);
        await caller.AfterAsync(100);

        clock.Shift = TimeSpan.FromMinutes(minutes);
        await caller.AfterAsync(100);
        await greeter.EndAsync();

        Assert.Empty(greeter.Failures);
        Assert.Equal(400, greeter.Calls);
        Assert.Contains(greeter.Meters.All, static m => m.Name == "kerberos.server.exchange.duration" && m.Tags.Contains("error.type=SKEW", StringComparison.Ordinal));
    }

    [PeerFact]
    public async Task ServerClockStep_UnderLoad_LosesNoCallThatCanBeSentAgain()
    {
        var clock = new ShiftedTime(TimeSpan.Zero);
        await using var greeter = await LoadedGreeter.StartAsync(_realm, "test", _realm.Keytab("test"), clock);
        var caller = await greeter.CallerAsync("alice");
        caller.Give(400, streams: false);
        await caller.AfterAsync(100);

        clock.Shift = TimeSpan.FromMinutes(20);
        await caller.AfterAsync(100);
        await greeter.EndAsync();

        Assert.Empty(greeter.Failures);
        Assert.Equal(400, greeter.Calls);
        Assert.Contains(greeter.Meters.All, static m => m.Name == "kerberos.server.clock_skew" && m.Value > 600);
    }
}
