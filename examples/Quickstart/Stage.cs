using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using GrpcKerberos;
using GrpcKerberos.Testing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Quickstart;

/// <summary>Everything the story needs, on loopback: a KDC, a service that knows only its keytab, a client with a keytab of its own.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly string _keytab;
    private readonly X509Certificate2 _certificate;
    private readonly GrpcChannel _channel;
    private WebApplication _app;

    private Stage(TestRealm realm, string keytab, WebApplication app, X509Certificate2 certificate, Wire wire, KerberosClientInterceptor identity)
    {
        Realm = realm;
        _keytab = keytab;
        _app = app;
        _certificate = certificate;
        Address = $"https://localhost:{PortOf(app)}";
        Wire = wire;
        Identity = identity;
        wire.InnerHandler = new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, seen, _, _) => seen is not null && seen.GetRawCertData().AsSpan().SequenceEqual(certificate.RawData) },
        };
        _channel = GrpcChannel.ForAddress(Address, new GrpcChannelOptions { HttpHandler = wire, DisposeHttpClient = true });
        Greeter = new Greeter.V1.Greeter.GreeterClient(_channel.WithKerberos(identity));
        Bare = new Greeter.V1.Greeter.GreeterClient(_channel);
    }

    public TestRealm Realm { get; }

    public string Address { get; }

    /// <summary>Sees, and where told so changes, what travels.</summary>
    public Wire Wire { get; }

    public KerberosClientInterceptor Identity { get; }

    /// <summary>The client: one line more than without Kerberos.</summary>
    public Greeter.V1.Greeter.GreeterClient Greeter { get; }

    /// <summary>The same channel without Kerberos, as an attacker has it.</summary>
    public Greeter.V1.Greeter.GreeterClient Bare { get; }

    public static async Task<Stage> SetAsync()
    {
        var realm = await TestRealm.StartAsync();
        var alice = realm.AddUser("alice");
        var service = realm.AddService("HTTP/localhost");
        var certificate = MakeCertificate();
        var app = await ServeAsync(service.Keytab, certificate, port: 0);
        var identity = new KerberosClientInterceptor(new KerberosClientOptions { Krb5Config = realm.Krb5Config, Keytab = alice.Keytab });
        return new Stage(realm, service.Keytab, app, certificate, new Wire(), identity);
    }

    /// <summary>The service as after a crash or a deployment: the same keytab and port, and nothing in memory.</summary>
    public async Task RestartServiceAsync()
    {
        var port = PortOf(_app);
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = await ServeAsync(_keytab, _certificate, port);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        Identity.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Realm.DisposeAsync();
    }

    private static int PortOf(WebApplication app) =>
        new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    private static async Task<WebApplication> ServeAsync(string keytab, X509Certificate2 certificate, int port)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(certificate);
        }));
        builder.Services.AddGrpc();
        builder.Services.AddAuthentication().AddKerberos(options => options.Keytab = keytab);
        var app = builder.Build();
        app.MapGrpcService<GreeterService>();
        await app.StartAsync();
        return app;
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
    }
}
