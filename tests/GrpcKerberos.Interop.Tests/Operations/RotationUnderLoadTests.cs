using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Tests.AspNetCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GrpcKerberos.Interop.Tests.Operations;

/// <summary>What an operator does to keytabs while callers call: no call may fail, and health and metrics must tell.</summary>
[Collection(MitRealm.Collection)]
public sealed class RotationUnderLoadTests(MitRealm realm)
{
    [PeerFact]
    public async Task Rotation_UnderLoad_LosesNoCallAndTheNewVersionShows()
    {
        const string Service = "rotating/localhost";
        var keytab = realm.NewCache() + ".keytab";
        await realm.KadminAsync($"addprinc -randkey {Service}", $"ktadd -norandkey -k {keytab} {Service}");
        await using var greeter = await LoadedGreeter.StartAsync(realm, "rotating", keytab, new ManualTime());
        var early = await greeter.CallerAsync("alice");
        early.Give(100);
        early.GiveWithoutEnd();
        await early.AfterAsync(50);

        await realm.KadminAsync($"cpw -randkey -keepold {Service}", $"ktadd -norandkey -k {keytab} {Service}");
        var late = await greeter.CallerAsync("bob");
        late.Give(100);
        await late.AfterAsync(100);
        await early.AfterAsync(50);
        await greeter.EndAsync();

        Assert.Empty(greeter.Failures);
        var versions = greeter.Meters.Of("kerberos.server.tickets").Select(static l => l.Split("key_version=")[1].Split(' ')[0]).Distinct();
        Assert.Equal(["1", "2"], versions.Order(StringComparer.Ordinal));
        Assert.Equal(["1"], greeter.Meters.Of("kerberos.server.keytab.reloads"));
        Assert.Equal(HealthStatus.Healthy, (await greeter.HealthAsync())["kerberos-keytab"]);
    }

    [PeerFact]
    public async Task KeytabSpoiltAndMended_UnderLoad_LosesNoCallAndHealthTells()
    {
        var keytab = realm.NewCache() + ".keytab";
        File.Copy(realm.Keytab("test"), keytab);
        var time = new ManualTime();
        await using var greeter = await LoadedGreeter.StartAsync(realm, "test", keytab, time);
        var caller = await greeter.CallerAsync("alice");
        caller.GiveWithoutEnd();
        await caller.AfterAsync(50);
        var before = (await greeter.HealthAsync())["kerberos-keytab"];

        await ReplaceAsync(keytab, [5, 2, 0, 0]);
        for (var i = 0; i < 3; i++) time.Advance(TimeSpan.FromSeconds(5));
        await caller.AfterAsync(50);
        var spoilt = (await greeter.HealthAsync())["kerberos-keytab"];
        await ReplaceAsync(keytab, await File.ReadAllBytesAsync(realm.Keytab("test")));
        for (var i = 0; i < 3; i++) time.Advance(TimeSpan.FromSeconds(5));
        await caller.AfterAsync(50);
        var mended = (await greeter.HealthAsync())["kerberos-keytab"];
        await greeter.EndAsync();

        Assert.Empty(greeter.Failures);
        Assert.Equal((HealthStatus.Healthy, HealthStatus.Degraded, HealthStatus.Healthy), (before, spoilt, mended));
        Assert.Contains("1 error.type=KEYTAB_UNUSABLE", greeter.Meters.Of("kerberos.server.keytab.reloads"));
    }

    /// <summary>At once, as rename does and as secrets are swapped in Kubernetes.</summary>
    private static async Task ReplaceAsync(string keytab, byte[] octets)
    {
        await File.WriteAllBytesAsync(keytab + ".new", octets);
        File.Move(keytab + ".new", keytab, overwrite: true);
    }
}
