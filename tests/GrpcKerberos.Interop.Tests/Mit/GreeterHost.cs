using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Greeter.V1;
using Grpc.Core;
using Grpc.Net.Client;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Client;
using GrpcKerberos.Shared.Kestrel;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>A Greeter on Kestrel (loopback, a port of the kernel's choice where nobody says otherwise) with a keytab of a KDC's, and a channel to it.</summary>
internal sealed class GreeterHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly RequestLog _requests;

    private GreeterHost(WebApplication app, SocketsHttpHandler handler, string? certificateHash)
    {
        _app = app;
        CertificateHash = certificateHash ?? "";
        Address = string.Create(CultureInfo.InvariantCulture, $"{new Uri(app.Urls.First()).Scheme}://localhost:{new Uri(app.Urls.First()).Port}");
        Handler = handler;
        _requests = new RequestLog(handler);
        Channel = GrpcChannel.ForAddress(Address, new GrpcChannelOptions { HttpHandler = _requests, UnsafeUseInsecureChannelCallCredentials = true });
    }

    public string Address { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Of the certificate it has; empty where none.</summary>
    public string CertificateHash { get; }

    public SocketsHttpHandler Handler { get; }

    public GrpcChannel Channel { get; }

    /// <summary>How many calls reached its handlers.</summary>
    public int Ran => _app.Services.GetRequiredService<CallLog>().Ran;

    /// <summary>The paths of all HTTP requests that left on the channel, in their order.</summary>
    public IReadOnlyList<string> Requests => [.. _requests.Paths];

    /// <summary>Who called, as the service saw it, in the order of the calls.</summary>
    public IReadOnlyList<KerberosCaller> Callers => [.. _app.Services.GetRequiredService<CallLog>().Callers];

    /// <param name="keytab">The service's keytab, which is read again when it changes.</param>
    /// <param name="krb5Config">The realm's krb5.conf.</param>
    /// <param name="configure">What else is set.</param>
    /// <param name="certificate">With TLS; null: without.</param>
    /// <param name="listen">Where it listens; null: on a port of the kernel's choice.</param>
    /// <param name="first">What sees each request before anything of ours does, and each answer after it.</param>
    /// <param name="services">What the application has besides.</param>
    public static async Task<GreeterHost> StartAsync(
        string keytab,
        string krb5Config,
        Action<KerberosAuthenticationOptions>? configure = null,
        X509Certificate2? certificate = null,
        Action<KestrelServerOptions>? listen = null,
        IStartupFilter? first = null,
        Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(static k => k.BePatient()).UseKestrel(listen ?? (k => k.Listen(IPAddress.Loopback, 0, l =>
        {
            l.Protocols = HttpProtocols.Http2;
            if (certificate is not null) l.UseHttps(certificate);
        })));
        if (first is not null) builder.Services.AddSingleton(first);
        services?.Invoke(builder.Services);
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<CallLog>();
        builder.Services.AddAuthentication().AddKerberos(o =>
        {
            (o.Keytab, o.Krb5Config) = (keytab, krb5Config);
            configure?.Invoke(o);
        });
        var app = builder.Build();
        app.MapGrpcService<GreeterService>();
        await app.StartAsync();
        var trusted = certificate?.GetCertHashString();
        var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, c, _, _) => c?.GetCertHashString() == trusted } };
        return new GreeterHost(app, handler, trusted);
    }

    /// <summary>A Greeter that answers anybody, and Establish with a token of its own making.</summary>
    /// <param name="answer">Makes it of the client's; null: it has no Establish.</param>
    public static async Task<GreeterHost> StartImpostorAsync(Func<byte[], byte[]>? answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static k => k.BePatient()).UseKestrel(static k => k.Listen(IPAddress.Loopback, 0, static l => l.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<CallLog>();
        var app = builder.Build();
        if (answer is not null)
        {
            app.MapPost(EstablishMessage.Path, async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                var token = EstablishRequest.Parser.ParseFrom(body.ToArray().AsSpan(5)).Token.ToByteArray();
                var response = new EstablishResponse { Session = ByteString.CopyFrom(new byte[16]), Token = ByteString.CopyFrom(answer(token)) }.ToByteArray();
                context.Response.ContentType = "application/grpc";
                await context.Response.Body.WriteAsync((byte[])[0, .. BitConverter.GetBytes(IPAddress.HostToNetworkOrder(response.Length)), .. response]);
                context.Response.AppendTrailer("grpc-status", "0");
            });
        }

        app.MapGrpcService<GreeterService>();
        await app.StartAsync();
        return new GreeterHost(app, new SocketsHttpHandler(), null);
    }

    /// <summary>As after a restart of the process: no session is known, and no secret is the one before.</summary>
    public Task RestartAsync() => _app.Services.GetRequiredService<SchemeAcceptors>().RestartAsync();

    public static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    public async Task<HelloReply> GreetAsync(KerberosClientInterceptor interceptor) =>
        await new Greeter.V1.Greeter.GreeterClient(Channel.WithKerberos(interceptor))
            .SayHelloAsync(new HelloRequest { Name = "world" }, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(120));

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        _requests.Dispose();
        await _app.DisposeAsync();
    }

    private sealed class RequestLog(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public ConcurrentQueue<string> Paths { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Paths.Enqueue(request.RequestUri!.AbsolutePath);
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class CallLog
    {
        private int _ran;

        public int Ran => Volatile.Read(ref _ran);

        public ConcurrentQueue<KerberosCaller> Callers { get; } = [];

        public void Add(ServerCallContext context)
        {
            Interlocked.Increment(ref _ran);
            if (context.GetHttpContext().GetKerberosCaller() is { } caller) Callers.Enqueue(caller);
        }
    }

    private sealed class GreeterService(CallLog log) : Greeter.V1.Greeter.GreeterBase
    {
        public override Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context)
        {
            log.Add(context);
            return Task.FromResult(Reply(request.Name, context));
        }

        public override async Task SayHellos(HelloRequest request, IServerStreamWriter<HelloReply> responseStream, ServerCallContext context)
        {
            log.Add(context);
            foreach (var part in request.Name.Split(' ')) await responseStream.WriteAsync(Reply(part, context));
        }

        public override async Task<HelloReply> CollectHellos(IAsyncStreamReader<HelloRequest> requestStream, ServerCallContext context)
        {
            log.Add(context);
            var names = new List<string>();
            await foreach (var request in requestStream.ReadAllAsync()) names.Add(request.Name);
            return Reply(string.Join(' ', names), context);
        }

        public override async Task Chat(IAsyncStreamReader<HelloRequest> requestStream, IServerStreamWriter<HelloReply> responseStream, ServerCallContext context)
        {
            log.Add(context);
            await foreach (var request in requestStream.ReadAllAsync()) await responseStream.WriteAsync(Reply(request.Name, context));
        }

        private static HelloReply Reply(string name, ServerCallContext context)
        {
            var caller = context.GetHttpContext().User.Identity?.Name ?? "";
            return new HelloReply { Message = $"Hello {name}, you are {caller}.", Principal = caller };
        }
    }
}
