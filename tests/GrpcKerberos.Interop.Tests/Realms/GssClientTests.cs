using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Interop.Tests.Python;
using GrpcKerberos.Testing;

namespace GrpcKerberos.Interop.Tests.Realms;

/// <summary>Python's grpcio and gssapi against our server: nothing of ours on the client's side, and MICs both ways by gss_get_mic and gss_verify_mic.</summary>
public static class GssClient
{
    /// <summary>Mechanism of the token, and how it goes.</summary>
    public static TheoryData<string, string> Ways => new()
    {
        { "krb5", "header" },
        { "krb5", "establish" },
        { "spnego", "header" },
        { "spnego", "establish" },
    };

    internal static async Task GreetedAsync(GreeterHost host, IReadOnlyDictionary<string, string> environment, string service, string caller, params string[] arguments)
    {
        var said = await ForeignProcess.RunAsync(
            PythonTools.Interpreter, ["-B", PythonTools.Script("gss_client.py"), host.Channel.Target, service, .. arguments], environment: environment);
        Assert.Equal(
            $"""
             token = {(arguments[1] == "establish" ? "established" : "PROVE")}
             first = {caller}
             second = {caller}
             third = {caller}
             again = REPEAT proved
             altered = PROOF_REFUSED proved

             """,
            said.StandardOutput + said.StandardError);
    }
}

[Collection(MitRealm.Collection)]
public sealed class GssClientInMitsRealmTests(MitRealm realm)
{
    public static IEnumerable<object[]> Rows => from way in GssClient.Ways from type in MitToMitTests.Enctypes select new[] { way[0], way[1], type[0] };

    [PeerTheory(Peer.Python)]
    [MemberData(nameof(Rows))]
    public async Task Calls_OfEachEnctype_ProvedBothWays(string mechanism, string way, string enctype)
    {
        await using var host = await GreeterHost.StartAsync(realm.Keytab("et-" + enctype), realm.Krb5Conf);
        var environment = realm.Environment(await realm.KinitAsync("alice"));
        await GssClient.GreetedAsync(host, environment, $"et-{enctype}@localhost", $"alice@{MitRealm.Name}", mechanism, way);
    }
}

[Collection(HeimdalRealm.Collection)]
public sealed class GssClientInHeimdalsRealmTests(HeimdalRealm realm)
{
    [PeerTheory(Peer.Heimdal, Peer.Python)]
    [MemberData(nameof(GssClient.Ways), MemberType = typeof(GssClient))]
    public async Task Calls_ProvedBothWays(string mechanism, string way)
    {
        await using var host = await GreeterHost.StartAsync(realm.Keytab("HTTP"), realm.Krb5Conf);
        var environment = realm.Environment(await realm.HeimdalKinitAsync("alice"));
        await GssClient.GreetedAsync(host, environment, "HTTP@localhost", $"alice@{HeimdalRealm.Name}", mechanism, way);
    }
}

[Collection(SambaRealm.Collection)]
public sealed class GssClientInSambasRealmTests(SambaRealm realm)
{
    public static IEnumerable<object[]> Rows => from way in GssClient.Ways from user in new[] { "alice", "big300", "big1000" } select new[] { way[0], way[1], user };

    /// <summary>1,001 groups fit a header only because Kestrel takes 32 KB of them; clients whose tokens may be large go by Establish.</summary>
    [PeerTheory(Peer.Samba, Peer.Python)]
    [MemberData(nameof(Rows))]
    public async Task Calls_WithAPac_ProvedBothWays(string mechanism, string way, string user)
    {
        await using var host = await GreeterHost.StartAsync(realm.Keytab("test"), realm.Krb5Conf);
        var environment = realm.Environment(await realm.KinitAsync(user));
        await GssClient.GreetedAsync(host, environment, "test@localhost", $"{user}@{SambaRealm.Name}", mechanism, way);
    }

    /// <summary>A front end by constrained delegation (MS-SFU 3.2.5): a ticket of alice's that alice never asked for.</summary>
    [PeerFact(Peer.Samba, Peer.Python)]
    public async Task Calls_ByConstrainedDelegation_AreAlices()
    {
        await using var host = await GreeterHost.StartAsync(realm.Keytab("test"), realm.Krb5Conf);
        var cache = realm.NewCache();
        (await realm.RunAsync("kinit", ["-f", "-kt", realm.Keytab("svc-mid"), "svc-mid"], cache: cache)).EnsureSuccess();
        var environment = realm.Environment(cache, realm.Keytab("svc-mid"));
        await GssClient.GreetedAsync(host, environment, "test@localhost", $"alice@{SambaRealm.Name}", "krb5", "establish", $"alice@{SambaRealm.Name}");
    }
}

/// <summary>The embedded KDC gives the tickets.</summary>
public sealed class GssClientInATestRealmTests
{
    [PeerTheory(Peer.Python)]
    [MemberData(nameof(GssClient.Ways), MemberType = typeof(GssClient))]
    public async Task Calls_ProvedBothWays(string mechanism, string way)
    {
        await using var realm = await TestRealm.StartAsync();
        await using var host = await GreeterHost.StartAsync(realm.AddService("HTTP/localhost").Keytab, realm.Krb5Config);
        var environment = new Dictionary<string, string>
        {
            ["KRB5_CONFIG"] = realm.Krb5Config,
            ["KRB5CCNAME"] = "FILE:" + Path.Combine(realm.Directory, "cc"),
            ["KRB5_CLIENT_KTNAME"] = "FILE:" + realm.AddUser("alice").Keytab,
        };
        await GssClient.GreetedAsync(host, environment, "HTTP@localhost", $"alice@{realm.Name}", mechanism, way);
    }
}
