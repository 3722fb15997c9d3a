using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Shared.Kestrel;
using GrpcKerberos.Testing.Tickets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>A server with our authentication: by TestServer, or by Kestrel on a free port of loopback.</summary>
internal sealed class TestServerApp : IAsyncDisposable
{
    public const string Service = "HTTP/orders.test@TEST.LOCAL";
    public const string Alice = "alice@TEST.LOCAL";

    private readonly List<IDisposable> _owned = [];
    private WebApplication? _app;
    private X509Certificate2? _certificate;

    public TestServerApp()
    {
        Time = new ManualTime();
        Keys = new TestKeys().Add(Service);
    }

    public ManualTime Time { get; init; }

    public TestKeys Keys { get; set; }

    public LogRecorder Log { get; init; } = new();

    public EchoService.Behaviour Behaviour { get; } = new();

    /// <summary>Null: TestServer. Else Kestrel, with or without TLS.</summary>
    public bool? Tls { get; init; }

    public Action<KerberosAuthenticationOptions>? Options { get; set; }

    /// <summary>What the application adds; by default the one line that is ours.</summary>
    public Action<TestServerApp, IServiceCollection> Services { get; set; } = static (app, services) => services.AddAuthentication().AddKerberos(app.Configure);

    public Action<WebApplication, GrpcServiceEndpointConventionBuilder>? Endpoints { get; set; }

    /// <summary>Whether the authentication middleware stands before the endpoints, as WebApplication puts it by itself.</summary>
    public bool UsesMiddleware { get; init; } = true;

    /// <summary>What Kestrel shows with TLS.</summary>
    public X509Certificate2? ServerCertificate => _certificate;

    public Action<KestrelServerOptions>? Kestrel { get; set; }

    public WebApplication App => _app ?? throw new InvalidOperationException("StartAsync comes first.");

    public TestTickets Tickets => new(Keys, Time);

    public void Configure(KerberosAuthenticationOptions options)
    {
        options.TimeProvider = Time;
        // TestServer has no TLS feature, and these tests make their calls by hand, first calls each.
        options.SessionPortability = SessionPortability.Portable;
        options.LoadKeytab = _ => ValueTask.FromResult<ReadOnlyMemory<byte>>(KeytabFile.Write(Keys.Keytab));
        Options?.Invoke(options);
    }

    public async Task<TestServerApp> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Logging.AddProvider(Log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton(Behaviour);
        builder.Services.AddGrpc();
        Services(this, builder.Services);
        Listen(builder.WebHost);
        _app = builder.Build();
        _app.UseRouting();
        if (UsesMiddleware) _app.UseAuthentication().UseAuthorization();
        var endpoint = _app.MapGrpcService<EchoService>();
        Endpoints?.Invoke(_app, endpoint);
        await _app.StartAsync();
        // Proofs must be later than the start.
        Time.Advance(TimeSpan.FromSeconds(1));
        return this;
    }

    public GrpcChannel Channel(GrpcChannelOptions? options = null)
    {
        options ??= new GrpcChannelOptions();
        options.HttpHandler ??= Handler();
        var channel = GrpcChannel.ForAddress(Address, options);
        _owned.Add(channel);
        return channel;
    }

    /// <summary>For requests that no channel would make.</summary>
    public HttpMessageHandler Handler() => Tls is null
        ? App.GetTestServer().CreateHandler()
        : new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, seen, _, _) => seen?.Equals(_certificate) == true } };

    public string Address => Tls is null
        ? "https://localhost"
        : App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>A client with a ticket for the service.</summary>
    public RawClient Client(string client = Alice, string service = Service, Action<TicketTemplate>? change = null) =>
        new(Channel(), Tickets.IssueTicket(client, service, change), Time);

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned) owned.Dispose();
        if (_app is not null) await _app.DisposeAsync();
    }

    private void Listen(IWebHostBuilder host)
    {
        if (Tls is not { } tls)
        {
            host.UseTestServer();
            return;
        }

        host.UseKestrelCore().ConfigureKestrel(static k => k.BePatient());
        if (tls) host.UseKestrelHttpsConfiguration();
        host.ConfigureKestrel(kestrel =>
        {
            Kestrel?.Invoke(kestrel);
            kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http2;
                if (tls) endpoint.UseHttps(Certificate());
            });
        });
    }

    private X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        _certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        _owned.Add(_certificate);
        return _certificate;
    }
}
