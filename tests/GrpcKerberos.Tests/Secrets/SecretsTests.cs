using Grpc.Core;
using Grpc.Net.Client;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.BouncyCastle;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Testing;
using GrpcKerberos.Tests.AspNetCore;
using GrpcKerberos.Tests.Client;
using GrpcKerberos.Wire;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GrpcKerberos.Tests.Secrets;

/// <summary>Every event is provoked, at Trace, and no key, token, MIC or session's id is in what was written meanwhile.</summary>
/// <remarks>An event that nobody provokes here fails the test.</remarks>
public sealed class SecretsTests : IDisposable
{
    private const string Password = "correct horse battery staple 47";

    private static readonly string[] s_weak = ["aes256-cts-hmac-sha384-192", "arcfour-hmac"];

    private readonly SecretOctets _secrets = new();
    private readonly Written _written = new();
    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private readonly KeyWalk _walk;

    public SecretsTests()
    {
        _walk = new KeyWalk(_secrets);
        _secrets.Add("a password", System.Text.Encoding.UTF8.GetBytes(Password));
    }

    public void Dispose() => _written.Dispose();

    [Fact]
    public async Task Everything_ThatIsWritten_HoldsNoSecret()
    {
        await CallsByHandAsync();
        await ServersThatWarnAsync();
        await KeytabThatChangesAsync();
        await SettingsThatChangeAsync();
        await RealmAsync();
        await ClientsThatWarnAsync();
        _written.Collect();

        Assert.Empty(Written.AllEvents.Except(_written.Events));
        Assert.Empty(_written.Events.Except(Written.AllEvents));
        Assert.InRange(_walk.Keys, 30, int.MaxValue);
        List<string> found = [.. _written.All.Distinct().Where(t => _secrets.Find(t) is not null).Select(t => $"{_secrets.Find(t)} is in: {t}")];
        Assert.True(found.Count == 0, string.Join("\n", found.Take(20)));
    }

    /// <summary>Good and bad proofs of both kinds, with what a server makes of them.</summary>
    private async Task CallsByHandAsync()
    {
        await using var app = await new TestServerApp { Tls = false, Log = _written.Log }.StartAsync();
        _written.Measure(app);
        using var sessions = new SessionCaller(app);
        var client = app.Client(change: static t => t.Pac = null);
        var (good, other) = (client.Prepare(), client.Prepare("/x/y"));
        var stock = new StockClient(app.Client().Ticket, app.Time);
        string[] headers =
        [
            RawClient.Value(good), RawClient.Value(good), RawClient.Value(other),
            new AuthorizationValue(null, ForeignTokens.Make(client.Ticket, app.Time).Encoded).Format(),
            new AuthorizationValue(null, good.Token!.Encoded).Format(),
            new AuthorizationValue(app.Client().Prepare().Proof, default).Format(),
            "Negotiate " + Convert.ToBase64String(good.Token!.Encoded.Span),
            stock.Header(),
        ];
        foreach (var header in headers)
        {
            WireSecrets.Take(_secrets, header);
            var outcome = await client.SendAsync(header);
            _written.Add(outcome.Status);
            // What the server sent is a secret, where it is not for the eyes.
            foreach (var entry in outcome.Headers.Concat(outcome.Trailers).Where(static e => !e.IsBinary)) WireSecrets.Take(_secrets, entry.Value);
        }

        app.Time.Advance(TimeSpan.FromSeconds(2));
        await client.SendAsync(RawClient.Value(good));
        app.Behaviour.Before = static _ => throw new InvalidOperationException("handler");
        await client.SendAsync(RawClient.Value(client.Prepare()));
        await sessions.EstablishAsync(app.Client().Prepare(SessionCaller.Establish));
        Walk(app, client, stock, good, other);
    }

    private async Task ServersThatWarnAsync()
    {
        await using var weak = await StartAsync(static (a, s) => s.AddAuthentication().AddKerberos(o =>
        {
            a.Configure(o);
            o.EncryptionTypeProviders.Add(BouncyCastleEncryptionTypes.DangerousRc4);
            foreach (var type in s_weak) o.EncryptionTypes.Add(type);
        }).AddKerberos("Internal", a.Configure));
        await using var cacheless = await StartAsync(static (a, s) =>
        {
            s.AddSingleton<IReplayCache, NoCache>();
            s.AddAuthentication().AddKerberos(a.Configure);
        });
        var client = cacheless.Client();
        var call = client.Prepare();
        WireSecrets.Take(_secrets, RawClient.Value(call));
        _written.Add((await client.SendAsync(RawClient.Value(call))).Status);
        Walk(cacheless, client, call);
    }

    private async Task KeytabThatChangesAsync()
    {
        await using var scene = new KeytabScene(_written.Log);
        await scene.StartAsync();
        scene.Replace(scene.All);
        scene.Poll();
        var bad = KeytabScene.Bytes(scene.All);
        bad[2] ^= 0xff;
        scene.Replace(bad);
        scene.Poll();
        Walk(scene.App, scene.First, scene.Second);
    }

    /// <summary>Configuration of either end that changes, and code of the application that fails in the midst of it.</summary>
    private async Task SettingsThatChangeAsync()
    {
        var settings = new ChangingConfiguration();
        await using var app = await StartAsync((a, s) =>
        {
            s.AddSingleton<IConfiguration>(new ConfigurationBuilder().Add(settings).Build());
            s.AddAuthentication().AddKerberos(o =>
            {
                a.Configure(o);
                o.Events.OnSessionEstablished = static _ => throw new InvalidOperationException(Password);
            });
        });
        foreach (var (setting, value) in new[] { ("MaxTokenBytes", "2048"), ("MaxTokenBytes", "1"), ("MaxSessionLifetime", "00:01:00") })
            settings.Become(($"Authentication:Schemes:Kerberos:{setting}", value));
        var client = app.Client();
        var call = client.Prepare();
        WireSecrets.Take(_secrets, RawClient.Value(call));
        _written.Add((await client.SendAsync(RawClient.Value(call))).Status);
        var mine = new ChangingConfiguration(("Kerberos:Realm", "TEST.LOCAL"));
        await using var services = new ServiceCollection()
            .AddLogging(l => l.AddProvider(_written.Log))
            .AddKerberosClient(new ConfigurationBuilder().Add(mine).Build().GetSection("Kerberos"))
            .BuildServiceProvider();
        _written.Add(services.GetRequiredService<KerberosClientInterceptor>());
        mine.Become(("Kerberos:Realm", "OTHER.LOCAL"));
        mine.Become(("Kerberos:Realm", "TEST.LOCAL"), ("Kerberos:KdcTimeout", "00:10:00"));
        Walk(app, client, call);
    }

    /// <summary>Whole exchanges of our client with a KDC, and a server that forgets, ends streams, and loses its key.</summary>
    private async Task RealmAsync()
    {
        await using var realm = await TestRealm.StartAsync(configure: o => o.TimeProvider = _time);
        var service = realm.AddService("HTTP/localhost");
        await using var app = new TestServerApp
        {
            Tls = false,
            Log = _written.Log,
            Options = o => (o.LoadKeytab, o.Keytab, o.TimeProvider) = (null, service.Keytab, _time),
        };
        app.Keys.Add("HTTP/localhost@TEST.LOCAL");
        await app.StartAsync();
        _written.Measure(app);
        var alice = realm.AddUser("alice", static o => (o.Sid, o.Password) = ("S-1-5-21-1-2-3-1104", Password));
        using var handler = new WireSecrets(app.Handler(), _secrets);
        using var channel = GrpcChannel.ForAddress(
            app.Address, new GrpcChannelOptions { HttpHandler = handler, LoggerFactory = _written.Factory, UnsafeUseInsecureChannelCallCredentials = true });
        using var client = Client(realm, o => o.Keytab = alice.Keytab);
        // Each logs in by its own: the keytab, a cache, with the token in a message, in GSS-API's frame.
        using var cached = Client(realm, o => o.CredentialCache = "FILE:" + alice.LoginAsync().Result);
        using var first = Client(realm, o => (o.Keytab, o.EstablishFirst) = (alice.Keytab, true));
        using var framed = Client(realm, o => (o.Keytab, o.TokenFormat) = (alice.Keytab, KerberosTokenFormat.Spnego));
        foreach (var interceptor in new[] { client, cached, first, framed })
        {
            foreach (var shape in new[] { Shape.Unary, Shape.Unary, Shape.Duplex }) await Calls.MakeAsync(channel.WithKerberos(interceptor), shape);
            Walk(app, interceptor, realm);
        }

        await app.App.Services.GetRequiredService<SchemeAcceptors>().RestartAsync();
        _time.Shift += TimeSpan.FromSeconds(2);
        await Calls.MakeAsync(channel.WithKerberos(client), Shape.Unary);
        await EndStreamAsync(app, channel.WithKerberos(first));
        Walk(app, client, first, realm);
        await RenewInVainAsync(realm, alice, channel);
        Walk(app, client, realm);
    }

    private async Task EndStreamAsync(TestServerApp app, CallInvoker invoker)
    {
        using var chat = new Greeter.V1.Greeter.GreeterClient(invoker).Chat();
        await chat.RequestStream.WriteAsync(new Greeter.V1.HelloRequest { Name = "x" });
        Assert.True(await chat.ResponseStream.MoveNext(CancellationToken.None));
        Walk(app, invoker);
        app.App.Services.GetRequiredService<KerberosSessions>().End(KerberosPrincipal.Parse(TestServerApp.Alice));
        _written.Add(await Assert.ThrowsAsync<RpcException>(() => chat.ResponseStream.MoveNext(CancellationToken.None)));
    }

    private async Task RenewInVainAsync(TestRealm realm, TestAccount alice, GrpcChannel channel)
    {
        using var late = Client(realm, o => o.Keytab = alice.Keytab);
        _written.Add(await late.GetTicketAsync("HTTP/localhost"));
        _written.Add(await Assert.ThrowsAsync<KerberosException>(() => late.GetTicketAsync("HTTP/none")));
        realm.Fault = KdcFault.Unreachable;
        _time.Shift += TimeSpan.FromHours(9);
        await late.GetTicketAsync("HTTP/localhost");
        await _written.Log.WaitForAsync(static l => l.Id.Id == 202);
        realm.Fault = KdcFault.ClockAhead;
        using var corrected = Client(realm, o => o.Keytab = alice.Keytab);
        _written.Add(await Calls.FailAsync(channel.WithKerberos(corrected), Shape.Duplex));
        Walk(late, corrected);
    }

    /// <summary>What a good server and a good realm never have a client say.</summary>
    private async Task ClientsThatWarnAsync()
    {
        using var weak = new KerberosClientInterceptor(
            new KerberosClientOptions { EncryptionTypes = { s_weak[0], s_weak[1] }, EncryptionTypeProviders = { BouncyCastleEncryptionTypes.DangerousRc4 } }, _written.Factory);
        var log = _written.Factory.CreateLogger("GrpcKerberos.Client");
        await using var scene = await ClientScene.StartAsync(tls: false, logger: log, portability: Portability.Never, meters: _written.ClientMeters());
        for (var i = 0; i < 4; i++)
        {
            await Calls.MakeAsync(scene.Invoker, Shape.Unary);
            scene.Server.Restart();
        }

        scene.Tickets.Change = static t => t.SealingKey = Protocol.Crypto.LongTermKey.Generate(t.EncryptionType);
        scene.RenewTicket();
        _written.Add(await Calls.FailAsync(scene.Invoker, Shape.Unary));
        scene.Server.Script = static (_, run) => run();
        _written.Add(await Calls.FailAsync(scene.Invoker, Shape.Unary));
        foreach (var received in scene.Server.Received) WireSecrets.Take(_secrets, received.Value!.Value.Format());
        await using var lax = await ClientScene.StartAsync(settings: new ClientSettings { RequireMutualAuthentication = false }, logger: log);
        await Calls.MakeAsync(lax.Invoker, Shape.Unary);
        Walk(scene.Client, scene.Tickets, lax.Client);
    }

    private KerberosClientInterceptor Client(TestRealm realm, Action<KerberosClientOptions> configure)
    {
        var options = new KerberosClientOptions { Krb5Config = realm.Krb5Config, ServicePrincipal = "HTTP/localhost", TimeProvider = _time };
        configure(options);
        _written.Add(options);
        return new KerberosClientInterceptor(options, _written.Factory, _written.ClientMeters());
    }

    private async Task<TestServerApp> StartAsync(Action<TestServerApp, IServiceCollection> services) =>
        await new TestServerApp { Tls = false, Log = _written.Log, Services = services }.StartAsync();

    /// <summary>Learns the keys in them, and hears what they say of themselves.</summary>
    private void Walk(params object[] roots)
    {
        foreach (var root in roots) _written.Add(root is TestServerApp app ? app.App.Services.GetRequiredService<SchemeAcceptors>() : root);
        _walk.From([.. roots, .. roots.OfType<TestServerApp>().SelectMany(static a => new object[] { a.Keys, a.App.Services.GetRequiredService<SchemeAcceptors>() })]);
        foreach (var said in _walk.Said()) _written.Add(said);
    }

    private sealed class NoCache : IReplayCache
    {
        public ValueTask<bool> TryAddAsync(ReplayKey key, DateTimeOffset until, CancellationToken cancellationToken) => throw new TimeoutException();
    }
}
