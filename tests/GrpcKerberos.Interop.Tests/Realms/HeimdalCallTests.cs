using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.Interop.Tests.Realms;

/// <summary>Whole gRPC calls of ours in Heimdal's realm: its KDC, its kinit's cache, its kadmin's keytabs, and tickets without a PAC.</summary>
[Collection(HeimdalRealm.Collection)]
public sealed class HeimdalCallTests(HeimdalRealm realm)
{
    private const string Alice = $"alice@{HeimdalRealm.Name}";

    /// <summary>More than a KRB_AP_REQ without a PAC has, less than the least of AD's with one.</summary>
    private const int LargestWithoutPac = 700;

    [PeerTheory(Peer.Heimdal)]
    [MemberData(nameof(MitToMitTests.Enctypes), MemberType = typeof(MitToMitTests))]
    public async Task Calls_WithAKeytab_LogInAtHeimdalsKdc(string enctype, int number)
    {
        var service = "et-" + enctype;
        await realm.GreetTwiceAsync(service, Alice, realm.WithKeytab("alice"));

        using var client = realm.Client(service, realm.WithKeytab("alice"));
        var ticket = await client.GetTicketAsync(service + "/localhost");
        Assert.Equal(number, (int)ticket.TicketEncryptionType);
        Assert.InRange(ticket.TokenBytes, 1, LargestWithoutPac);
    }

    [PeerTheory(Peer.Heimdal)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Calls_WithTheCacheOfHeimdalsKinit_GreetAlice(bool withKeytab) =>
        await realm.GreetTwiceAsync("test", Alice, RealmCalls.WithCache(await realm.HeimdalKinitAsync("alice", withKeytab)));

    [PeerFact(Peer.Heimdal)]
    public async Task Calls_WithTheCacheOfMitsKinit_GreetAlice() =>
        await realm.GreetTwiceAsync("test", Alice, RealmCalls.WithCache(await realm.KinitAsync("alice")));

    /// <summary>A krb5.conf without a KDC: the ticket must be the one that kgetcred left.</summary>
    [PeerFact(Peer.Heimdal)]
    public async Task Calls_WithTheServiceTicketOfKgetcred_NeedNoKdc()
    {
        var cache = await realm.HeimdalKinitAsync("alice");
        var options = RealmCalls.WithCache(cache);
        options.Krb5Config = realm.NewCache() + ".conf";
        await File.WriteAllTextAsync(options.Krb5Config, $"[libdefaults]\n  default_realm = {HeimdalRealm.Name}\n");
        using (var without = realm.Client("HTTP", options))
            Assert.Equal(KerberosError.KdcUnreachable, (await Assert.ThrowsAsync<KerberosException>(() => without.GetTicketAsync("HTTP/localhost"))).Error);

        (await realm.RunHeimdalAsync("kgetcred", ["HTTP/localhost"], cache: cache)).EnsureSuccess();

        await realm.GreetTwiceAsync("HTTP", Alice, options);
    }
}
