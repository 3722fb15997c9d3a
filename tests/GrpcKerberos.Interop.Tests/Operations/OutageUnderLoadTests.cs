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
        caller.GiveWithoutEnd();
        await caller.AfterAsync(50);

        await _realm.StopKdcAsync();
        await caller.AfterAsync(50);
        var gone = (await greeter.HealthAsync())["kerberos-ticket"];
        await _realm.StartKdcAsync();
        await caller.AfterAsync(50);
        var back = (await greeter.HealthAsync())["kerberos-ticket"];
        await greeter.EndAsync();

        Assert.Empty(greeter.Failures);
        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Healthy), (gone, back));
        Assert.Contains(greeter.Meters.Of("kerberos.kdc.request.duration"), static l => l.Contains("error.type", StringComparison.Ordinal));
    }

    /// <summary>
    /// What cannot be sent again, a stream of requests, may fail once with ClockSkew; the rest must not. A clock set back gives no time twice, so the proofs'
    /// time
    /// stands until the service minds.
    /// </summary>
    [PeerTheory]
    [InlineData(20, true)]
    [InlineData(-20, false)]
    public async Task ClientClockStep_UnderLoad_LosesNoCallThatCanBeSentAgain(int minutes, bool minded)
    {
        var clock = new ShiftedTime(TimeSpan.Zero);
        await using var greeter = await LoadedGreeter.StartAsync(_realm, "test", _realm.Keytab("test"), TimeProvider.System);
        var caller = await greeter.CallerAsync("alice", clock);
        caller.GiveWithoutEnd();
        await caller.AfterAsync(100);

        clock.Shift = TimeSpan.FromMinutes(minutes);
        await caller.AfterAsync(100);
        await greeter.EndAsync();

        Assert.Empty(greeter.Failures);
        Assert.Equal(minded, greeter.Meters.Of("kerberos.server.exchange.duration").Any(static l => l.Contains("error.type=SKEW", StringComparison.Ordinal)));
    }

    [PeerFact]
    public async Task ServerClockStep_UnderLoad_LosesNoCallThatCanBeSentAgain()
    {
        var clock = new ShiftedTime(TimeSpan.Zero);
        await using var greeter = await LoadedGreeter.StartAsync(_realm, "test", _realm.Keytab("test"), clock);
        var caller = await greeter.CallerAsync("alice");
        caller.GiveWithoutEnd();
        await caller.AfterAsync(100);

        clock.Shift = TimeSpan.FromMinutes(20);
        await caller.AfterAsync(100);
        var late = await greeter.CallerAsync("bob");
        late.Give(100);
        await late.AfterAsync(100);
        await greeter.EndAsync();

        Assert.Empty(greeter.Failures);
        Assert.Contains(greeter.Meters.All, static m => m.Name == "kerberos.server.clock_skew" && m.Value > 600);
    }
}
