using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Clients;

/// <summary>The clients of examples/Clients in MIT's realm: stock GSS-API and gRPC of three languages against our Greeter, and against whoever is not it.</summary>
[Collection(MitRealm.Collection)]
public sealed class StockClientTests(MitRealm realm)
{
    private const string Greeting = $"you are alice@{MitRealm.Name}.";

    [Theory]
    [ClientData(Peer.Python)]
    [ClientData(Peer.Go)]
    [ClientData(Peer.Java)]
    public async Task Calls_WithACache_GreetedWithOneEstablish(Peer language, bool tls)
    {
        await using var server = await ServerAsync(tls);
        await using var client = await ClientAsync(language, server);

        Assert.Equal("Hello world, " + Greeting, await client.GreetAsync("world"));
        var rest = await client.EndAsync("moon", "sun");

        Assert.Equal((0, $"Hello moon, {Greeting}\nHello sun, {Greeting}\n", ""), (rest.ExitCode, rest.StandardOutput, rest.StandardError));
        Assert.Equal(1, server.Establishes);
    }

    [Theory]
    [ClientData(Peer.Python, OverTls = false)]
    [ClientData(Peer.Go, OverTls = false)]
    [ClientData(Peer.Java, OverTls = false)]
    public async Task Call_WithAKeytab_Greeted(Peer language)
    {
        await using var server = await ServerAsync(tls: false);
        await using var client = await StockClient.StartAsync(
            language, server, StockLogin.WithKeytab(realm.Folder, realm.Krb5Conf, realm.Keytab("alice"), $"alice@{MitRealm.Name}"));

        Assert.Equal("Hello world, " + Greeting, await client.GreetAsync("world"));
    }

    [Theory]
    [ClientData(Peer.Python)]
    [ClientData(Peer.Go)]
    [ClientData(Peer.Java)]
    public async Task Call_AfterTheServerWasStartedAgain_EstablishesAgainAndIsGreeted(Peer language, bool tls)
    {
        await using var server = await ServerAsync(tls);
        await using var client = await ClientAsync(language, server);
        Assert.Equal("Hello world, " + Greeting, await client.GreetAsync("world"));

        await server.RestartAsync();

        Assert.Equal("Hello moon, " + Greeting, await client.GreetAsync("moon"));
        Assert.Equal("Hello sun, " + Greeting, await client.GreetAsync("sun"));
        Assert.Equal(2, server.Establishes);
    }

    [Theory]
    [ClientData(Peer.Python, OverTls = false)]
    [ClientData(Peer.Go, OverTls = false)]
    [ClientData(Peer.Java, OverTls = false)]
    public async Task Call_OfAServerThatNeverKnowsTheSession_EstablishesOnceMoreAndFails(Peer language)
    {
        await using var server = await ServerAsync(tls: false);
        await using var client = await ClientAsync(language, server);
        Assert.Equal("Hello world, " + Greeting, await client.GreetAsync("world"));

        server.Instead = static context => context.Request.Path == WatchedGreeter.Establish ? null : WatchedGreeter.RefuseAsync(context);
        var refused = await client.EndAsync("moon");

        Assert.Equal((1, ""), (refused.ExitCode, refused.StandardOutput));
        Assert.Equal(2, server.Establishes);
    }

    /// <summary>The other service's server does what ours does, and has all but the key.</summary>
    [Theory]
    [ClientData(Peer.Python, OverTls = false)]
    [ClientData(Peer.Go, OverTls = false)]
    [ClientData(Peer.Java, OverTls = false)]
    public async Task Call_ToTheServerOfAnotherKey_Refused(Peer language)
    {
        await using var server = await WatchedGreeter.StartAsync(realm.Keytab("test"), realm.Krb5Conf, certificate: null);
        await using var client = await ClientAsync(language, server);

        var refused = await client.EndAsync("world");

        Assert.Equal((1, "", 1), (refused.ExitCode, refused.StandardOutput, server.Establishes));
    }

    [Theory]
    [ClientData(Peer.Python, "none", OverTls = false)]
    [ClientData(Peer.Python, "noise", OverTls = false)]
    [ClientData(Peer.Python, "another's", OverTls = false)]
    [ClientData(Peer.Go, "none", OverTls = false)]
    [ClientData(Peer.Go, "noise", OverTls = false)]
    [ClientData(Peer.Go, "another's", OverTls = false)]
    [ClientData(Peer.Java, "none", OverTls = false)]
    [ClientData(Peer.Java, "noise", OverTls = false)]
    [ClientData(Peer.Java, "another's", OverTls = false)]
    public async Task Call_ToAnImpostorWithoutAKey_NotGenuineAndNothingSaidToHim(Peer language, string token)
    {
        await using var server = await ServerAsync(tls: false);
        var cache = await realm.KinitAsync("alice");
        (await realm.RunAsync("kvno", ["HTTP/localhost"], cache: cache)).EnsureSuccess();
        await using (var before = await StockClient.StartAsync(language, server, realm.Environment(cache)))
            Assert.Equal("Hello world, " + Greeting, await before.GreetAsync("world"));

        var answer = token switch
        {
            "none" => WatchedGreeter.EstablishResponse([], new byte[16]),
            "noise" => WatchedGreeter.EstablishResponse([.. Convert.FromHexString("600f06092a864886f71201020202006f00")], new byte[16]),
            _ => server.Established,
        };
        var calls = 0;
        server.Instead = context =>
        {
            if (context.Request.Path == WatchedGreeter.Establish) return WatchedGreeter.AnswerAsync(context, answer);
            calls++;
            return WatchedGreeter.AnswerAsync(context, []);
        };
        await using var client = await StockClient.StartAsync(language, server, realm.Environment(cache));
        var refused = await client.EndAsync("world");

        Assert.Equal((1, "", 0), (refused.ExitCode, refused.StandardOutput, calls));
        Assert.Contains("service is not genuine", refused.StandardError, StringComparison.Ordinal);
        Assert.Contains("token", refused.StandardError, StringComparison.Ordinal);
    }

    [Theory]
    [ClientData(Peer.Python, "none", OverTls = false)]
    [ClientData(Peer.Python, "altered", OverTls = false)]
    [ClientData(Peer.Python, "another's", OverTls = false)]
    [ClientData(Peer.Go, "none", OverTls = false)]
    [ClientData(Peer.Go, "altered", OverTls = false)]
    [ClientData(Peer.Go, "another's", OverTls = false)]
    [ClientData(Peer.Java, "none", OverTls = false)]
    [ClientData(Peer.Java, "altered", OverTls = false)]
    [ClientData(Peer.Java, "another's", OverTls = false)]
    public async Task Answer_WithoutItsMic_NotGenuineAndNoGreeting(Peer language, string mic)
    {
        await using var server = await ServerAsync(tls: false);
        await using var client = await ClientAsync(language, server);
        var first = "";
        server.Change = info => first = info;
        Assert.Equal("Hello world, " + Greeting, await client.GreetAsync("world"));

        server.Change = info => mic switch
        {
            "none" => null,
            "altered" => info[..^8] + (info[^8] == 'A' ? 'B' : 'A') + info[^7..],
            _ => first,
        };
        var refused = await client.EndAsync("moon");

        Assert.Equal((1, ""), (refused.ExitCode, refused.StandardOutput));
        Assert.Contains("service is not genuine", refused.StandardError, StringComparison.Ordinal);
        Assert.Contains("carries no proof that fits this call", refused.StandardError, StringComparison.Ordinal);
    }

    private Task<WatchedGreeter> ServerAsync(bool tls) => WatchedGreeter.StartAsync(realm.Keytab("HTTP"), realm.Krb5Conf, tls ? realm.NewCache() : null);

    private async Task<StockClient> ClientAsync(Peer language, WatchedGreeter server) =>
        await StockClient.StartAsync(language, server, realm.Environment(await realm.KinitAsync("alice")));
}
