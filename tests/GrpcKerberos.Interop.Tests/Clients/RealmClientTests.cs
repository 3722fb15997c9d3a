using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;
using GrpcKerberos.Testing;

namespace GrpcKerberos.Interop.Tests.Clients;

/// <summary>The clients of examples/Clients in Samba's domain: tickets with the PAC of few and of very many groups.</summary>
[Collection(SambaRealm.Collection)]
public sealed class SambaClientTests(SambaRealm realm)
{
    [Theory]
    [ClientData(Peer.Python, "big1000", Realm = Peer.Samba, OverTls = false)]
    [ClientData(Peer.Go, "alice", Realm = Peer.Samba, OverTls = false)]
    [ClientData(Peer.Go, "big300", Realm = Peer.Samba, OverTls = false)]
    [ClientData(Peer.Go, "big1000", Realm = Peer.Samba, OverTls = false)]
    [ClientData(Peer.Java, "alice", Realm = Peer.Samba, OverTls = false)]
    [ClientData(Peer.Java, "big300", Realm = Peer.Samba, OverTls = false)]
    [ClientData(Peer.Java, "big1000", Realm = Peer.Samba, OverTls = false)]
    public Task Calls_OfAMemberOfGroups_Greeted(Peer language, string user) =>
        realm.GreetsAsync(language, user, $"{user}@{SambaRealm.Name}");
}

/// <summary>The same in Heimdal's realm: tickets without a PAC.</summary>
[Collection(HeimdalRealm.Collection)]
public sealed class HeimdalClientTests(HeimdalRealm realm)
{
    [Theory]
    [ClientData(Peer.Python, Realm = Peer.Heimdal, OverTls = false)]
    [ClientData(Peer.Go, Realm = Peer.Heimdal, OverTls = false)]
    [ClientData(Peer.Java, Realm = Peer.Heimdal, OverTls = false)]
    public Task Calls_WithATicketWithoutPac_Greeted(Peer language) => realm.GreetsAsync(language, "alice", $"alice@{HeimdalRealm.Name}");
}

/// <summary>The same with the embedded KDC, of each encryption type.</summary>
public sealed class TestRealmClientTests
{
    // gokrb5 takes types 19 and 20 only where it is told to, by these two settings and by the full names.
    private const string AllTypes = """

        [libdefaults]
            default_tkt_enctypes = aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96 aes256-cts-hmac-sha384-192 aes128-cts-hmac-sha256-128
            default_tgs_enctypes = aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96 aes256-cts-hmac-sha384-192 aes128-cts-hmac-sha256-128

        """;

    [Theory]
    [ClientData(Peer.Python, 0, OverTls = false)]
    [ClientData(Peer.Go, 0, OverTls = false)]
    [ClientData(Peer.Go, 17, OverTls = false)]
    [ClientData(Peer.Go, 18, OverTls = false)]
    [ClientData(Peer.Go, 19, OverTls = false)]
    [ClientData(Peer.Go, 20, OverTls = false)]
    [ClientData(Peer.Java, 0, OverTls = false)]
    [ClientData(Peer.Java, 17, OverTls = false)]
    [ClientData(Peer.Java, 18, OverTls = false)]
    [ClientData(Peer.Java, 19, OverTls = false)]
    [ClientData(Peer.Java, 20, OverTls = false)]
    public async Task Calls_InOurOwnRealm_Greeted(Peer language, int type)
    {
        await using var realm = await TestRealm.StartAsync(configure: o =>
        {
            if (type != 0) o.EncryptionTypes.Add((EncryptionType)type);
        });
        if (type != 0) await File.AppendAllTextAsync(realm.Krb5Config, AllTypes);
        var cache = await realm.AddUser("alice").LoginAsync();
        var environment = new Dictionary<string, string> { ["KRB5_CONFIG"] = realm.Krb5Config, ["KRB5CCNAME"] = "FILE:" + cache, ["KRB5RCACHEDIR"] = realm.Directory };

        await using var server = await WatchedGreeter.StartAsync(realm.AddService("HTTP/localhost").Keytab, realm.Krb5Config, certificate: null);
        await server.GreetsTwiceAsync(language, environment, "alice@TEST.LOCAL");
    }

    /// <summary>By the keytab: the AS exchange too is of the foreign library.</summary>
    [Theory]
    [ClientData(Peer.Python, OverTls = false)]
    [ClientData(Peer.Go, OverTls = false)]
    [ClientData(Peer.Java, OverTls = false)]
    public async Task Login_WithAKeytabAtOurOwnKdc_Greeted(Peer language)
    {
        await using var realm = await TestRealm.StartAsync();
        var environment = StockLogin.WithKeytab(realm.Directory, realm.Krb5Config, realm.AddUser("alice").Keytab, "alice@TEST.LOCAL");

        await using var server = await WatchedGreeter.StartAsync(realm.AddService("HTTP/localhost").Keytab, realm.Krb5Config, certificate: null);
        await server.GreetsTwiceAsync(language, environment, "alice@TEST.LOCAL");
    }
}
