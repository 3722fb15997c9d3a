using GrpcKerberos.AspNetCore;
using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Realms;

/// <summary>Authentication indicators of MIT's KDC, at our server: by the way the client logged in.</summary>
[Collection(MitRealm.Collection)]
public sealed class IndicatorTests(MitRealm realm)
{
    [PeerTheory]
    [InlineData("test")]
    [InlineData("et-aes256-cts")]
    [InlineData("et-aes128-cts")]
    [InlineData("et-aes256-sha2")]
    [InlineData("et-aes128-sha2")]
    public async Task Caller_LoggedInInsideFast_HasTheIndicator(string service)
    {
        var armour = await realm.KinitAsync("bob");

        Assert.Equal([MitRealm.FastIndicator], (await GreetAsync(service, await realm.KinitAsync("alice", "-T", armour))).AuthenticationIndicators);
    }

    [PeerFact]
    public async Task Caller_LoggedInByPasswordAlone_HasNone() => Assert.Empty((await GreetAsync("test", await realm.KinitAsync("alice"))).AuthenticationIndicators);

    private async Task<KerberosCaller> GreetAsync(string service, string cache)
    {
        await using var host = await GreeterHost.StartAsync(realm.Keytab(service), realm.Krb5Conf);
        using var client = realm.Client(service, RealmCalls.WithCache(cache));
        await host.GreetAsync(client);
        return Assert.Single(host.Callers);
    }
}
