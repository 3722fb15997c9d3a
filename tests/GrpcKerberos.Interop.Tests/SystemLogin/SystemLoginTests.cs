using GrpcKerberos.AspNetCore;
using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.SystemLogin;

/// <summary>UseDefaultCredentials over MIT's libgssapi, against our server: what SSPI is on Windows, where it was not run.</summary>
[Collection(MitRealm.Collection)]
public sealed class SystemLoginTests(MitRealm realm)
{
    private const string Alice = $"alice@{MitRealm.Name}";

    [PeerTheory]
    [InlineData(SessionPortability.Auto, false)]
    [InlineData(SessionPortability.Portable, false)]
    [InlineData(SessionPortability.Auto, true)]
    [InlineData(SessionPortability.ServerBound, true)]
    public async Task Calls_OfEachShapeAnd64AtOnce_AreAlices(SessionPortability portability, bool tls)
    {
        await using var host = await StartAsync(portability, tls);
        await using var client = await LogInAsync(host);

        foreach (var verb in new[] { "unary", "server", "client", "duplex" }) Assert.Equal((verb, $"{Alice} 1"), (verb, await client.CallAsync(verb)));
        Assert.Equal($"{Alice} 64", await client.CallAsync("64"));
        Assert.Equal($"{Alice} 300", await client.CallAsync("300"));
    }

    [PeerTheory]
    [InlineData("64")]
    [InlineData("duplex")]
    public async Task FirstCalls_BeforeAnySession_EstablishOne(string verb)
    {
        await using var host = await StartAsync();
        await using var client = await LogInAsync(host);

        Assert.Equal($"{Alice} {(verb == "64" ? verb : "1")}", await client.CallAsync(verb));
    }

    [PeerTheory]
    [InlineData("aes128-cts")]
    [InlineData("aes256-cts")]
    [InlineData("aes128-sha2")]
    [InlineData("aes256-sha2")]
    public async Task Calls_OfEachEnctype_AreAlices(string enctype)
    {
        await using var host = await StartAsync(enctype: enctype);
        await using var client = await LogInAsync(host, $"et-{enctype}/{{host}}");

        Assert.Equal($"{Alice} 1", await client.CallAsync("unary"));
        Assert.Equal($"{Alice} 1", await client.CallAsync("duplex"));
    }

    [PeerTheory]
    [InlineData(SessionPortability.Portable, "unary")]
    [InlineData(SessionPortability.ServerBound, "unary")]
    [InlineData(SessionPortability.ServerBound, "duplex")]
    public async Task Call_ServerRestarted_FailsUnavailableOnceAndIsNotSentAgain(SessionPortability portability, string verb)
    {
        await using var host = await StartAsync(portability);
        await using var client = await LogInAsync(host);
        Assert.Equal($"{Alice} 1", await client.CallAsync(verb));
        var before = host.Ran;

        await host.RestartAsync();
        var said = await client.CallAsync(verb);

        Assert.StartsWith("SessionUnknown Unavailable: et-aes256-cts/localhost does not know the session of this call", said, StringComparison.Ordinal);
        Assert.Equal(before, host.Ran);
        Assert.Equal($"{Alice} 1", await client.CallAsync(verb));
        Assert.Equal($"{Alice} 64", await client.CallAsync("64"));
    }

    [PeerFact]
    public async Task Call_NoLogin_SaysSo()
    {
        await using var host = await StartAsync();
        await using var client = await SystemLoginProcess.StartAsync(host, "et-aes256-cts/{host}", realm.Environment(cache: realm.NewCache()));

        Assert.StartsWith(
            "NoCredentials Unauthenticated: The operating system gives no token for et-aes256-cts/localhost (UnknownCredentials; no NTLM is asked for). Next: ",
            await client.CallAsync("unary"),
            StringComparison.Ordinal);
    }

    [PeerFact]
    public async Task Call_ServiceUnknownToTheRealm_SaysSo()
    {
        await using var host = await StartAsync();
        await using var client = await LogInAsync(host, "nobody/{host}");

        Assert.StartsWith("NoCredentials Unauthenticated: The operating system gives no token for nobody/localhost (", await client.CallAsync("unary"), StringComparison.Ordinal);
    }

    [PeerFact]
    public async Task Call_ServerWithoutItsKey_IsRefusedByName()
    {
        await using var host = await StartAsync();
        await using var client = await LogInAsync(host, "et-aes128-cts/{host}");

        Assert.StartsWith("TicketRefused Unauthenticated: et-aes128-cts/localhost cannot open the operating system's ticket. Next: ", await client.CallAsync("unary"), StringComparison.Ordinal);
    }

    [PeerFact]
    public async Task Call_ServerThatTakesNoGssTokens_IsRefusedAndNothingWasRun()
    {
        await using var host = await StartAsync(configure: static o => o.AcceptNegotiate = false);
        await using var client = await LogInAsync(host);

        Assert.StartsWith("TokenMalformed Unauthenticated: ", await client.CallAsync("unary"), StringComparison.Ordinal);
        Assert.Equal(0, host.Ran);
    }

    [PeerFact]
    public async Task Call_ServerThatRequiresAChannelBinding_SaysThatItCannotCarryOne()
    {
        await using var host = await StartAsync(tls: true, configure: static o => o.ChannelBinding = ChannelBindingPolicy.Require);
        await using var client = await LogInAsync(host);

        Assert.StartsWith(
            "ChannelBindingMismatch Unauthenticated: et-aes256-cts/localhost demands a channel binding, which UseDefaultCredentials cannot carry. Next: ", await client.CallAsync("unary"), StringComparison.Ordinal);
        Assert.Equal(0, host.Ran);
    }

    [PeerFact]
    public async Task Call_ServiceOfTheEmbeddedRealm_IsAlices()
    {
        await using var embedded = await Testing.TestRealm.StartAsync();
        embedded.AddUser("alice", static o => o.Password = "secret");
        await using var host = await GreeterHost.StartAsync(embedded.AddService("HTTP/localhost").Keytab, embedded.Krb5Config);
        var environment = new Dictionary<string, string>(realm.Environment(realm.NewCache())) { ["KRB5_CONFIG"] = embedded.Krb5Config };
        (await ForeignProcess.RunAsync(MitTools.Find("kinit"), ["alice"], "secret\n", environment)).EnsureSuccess();
        await using var client = await SystemLoginProcess.StartAsync(host, "HTTP/{host}", environment);

        Assert.Equal("alice@TEST.LOCAL 1", await client.CallAsync("unary"));
        Assert.Equal("alice@TEST.LOCAL 64", await client.CallAsync("64"));
        Assert.Equal("alice@TEST.LOCAL 1", await client.CallAsync("duplex"));
    }

    [PeerTheory]
    [InlineData("none")]
    [InlineData("noise")]
    [InlineData("mirrored")]
    public async Task Call_ImpostorAnswersEstablish_ServerNotProvenAndNothingElseIsSent(string answer)
    {
        await using var host = await GreeterHost.StartImpostorAsync(answer switch
        {
            "none" => static _ => [],
            "noise" => static _ => new byte[156],
            _ => static token => token,
        });
        await using var client = await LogInAsync(host);

        Assert.StartsWith("ServerNotProven Unauthenticated: et-aes256-cts/localhost answered without proving who it is", await client.CallAsync("unary"), StringComparison.Ordinal);
        Assert.Equal(0, host.Ran);
    }

    [PeerFact]
    public async Task Call_ServerWithoutEstablish_NothingIsSent()
    {
        await using var host = await GreeterHost.StartImpostorAsync(null);
        await using var client = await LogInAsync(host);

        Assert.StartsWith(
            "ServerNotProven Unauthenticated: et-aes256-cts/localhost does not answer grpckerberos.v1.SessionService, so it cannot prove itself before the first call, as UseDefaultCredentials demands. Nothing was sent. Next: ",
            await client.CallAsync("unary"),
            StringComparison.Ordinal);
        Assert.Equal(0, host.Ran);
    }

    private async Task<GreeterHost> StartAsync(
        SessionPortability portability = SessionPortability.Auto, bool tls = false, string enctype = "aes256-cts", Action<KerberosAuthenticationOptions>? configure = null)
    {
        return await GreeterHost.StartAsync(
            realm.Keytab("et-" + enctype),
            realm.Krb5Conf,
            o =>
            {
                o.SessionPortability = portability;
                configure?.Invoke(o);
            },
            tls ? GreeterHost.NewCertificate() : null);
    }

    private async Task<SystemLoginProcess> LogInAsync(GreeterHost host, string service = "et-aes256-cts/{host}") =>
        await SystemLoginProcess.StartAsync(host, service, realm.Environment(await realm.KinitAsync("alice")));
}
