using Grpc.Core;
using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Tests.AspNetCore;

namespace GrpcKerberos.Interop.Tests.Realms;

/// <summary>kadmin changes a service's key and its keytab, in place and entry by entry, while callers hold tickets of the old kvno.</summary>
[Collection(MitRealm.Collection)]
public sealed class KeyRotationTests(MitRealm realm)
{
    private const string Service = "rotated/localhost";

    [PeerFact]
    public async Task Rotation_ThenWithdrawal_BothVersionsServeThenOldTicketsAreReplaced()
    {
        var keytab = realm.NewCache() + ".keytab";
        await realm.KadminAsync($"addprinc -randkey {Service}", $"ktadd -norandkey -k {keytab} {Service}");
        var time = new ManualTime();
        await using var host = await GreeterHost.StartAsync(keytab, realm.Krb5Conf, o => o.TimeProvider = time);
        // Each has a ticket of kvno 1; only the first has a session.
        using var known = realm.Client("rotated", realm.WithKeytab("alice"));
        using var late = realm.Client("rotated", realm.WithKeytab("bob"));
        var cache = RealmCalls.WithCache(await realm.KinitAsync("alice"));
        (await realm.RunAsync("kvno", [Service], cache: cache.CredentialCache![5..])).EnsureSuccess();
        using var stale = realm.Client("rotated", cache);
        Assert.Equal(1, (await late.GetTicketAsync(Service)).KeyVersion);
        Assert.Equal("alice", await GreetedAsync(host, known));

        await realm.KadminAsync($"cpw -randkey -keepold {Service}", $"ktadd -norandkey -k {keytab} {Service}");

        // The server has not looked at its keytab since: the first ticket of kvno 2 makes it look.
        using var fresh = realm.Client("rotated", realm.WithKeytab("bob"));
        Assert.Equal(2, (await fresh.GetTicketAsync(Service)).KeyVersion);
        Assert.Equal("bob", await GreetedAsync(host, fresh));
        Assert.Equal("bob", await GreetedAsync(host, late));
        Assert.Equal("alice", await GreetedAsync(host, known));

        await realm.KadminAsync($"ktremove -k {keytab} {Service} old");
        for (var i = 0; i < 2; i++) time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("bob", await GreetedAsync(host, fresh));
        foreach (var client in new[] { known, late, stale })
        {
            Assert.Equal("TicketRefused", await GreetedAsync(host, client));
            Assert.NotNull(await GreetedAsync(host, client));
            Assert.Equal(2, (await client.GetTicketAsync(Service)).KeyVersion);
        }
    }

    /// <summary>The caller's name without its realm, or the error by name.</summary>
    private static async Task<string> GreetedAsync(GreeterHost host, KerberosClientInterceptor client)
    {
        try
        {
            return (await host.GreetAsync(client)).Principal.Split('@')[0];
        }
        catch (RpcException e)
        {
            return e.GetKerberosError()?.ToString() ?? e.ToString();
        }
    }
}
