using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Greeter.V1;
using Grpc.Core;
using Grpc.Net.Client;
using GrpcKerberos.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>A Greeter on Kestrel (h2c or TLS, loopback, a port of the kernel's choice, where nobody says otherwise) with a keytab of a KDC's, and a channel to it.</summary>
internal sealed class GreeterHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly RequestLog _requests;

    private GreeterHost(WebApplication app, X509Certificate2? certificate)
    {
        _app = app;
        var handler = new SocketsHttpHandler();
        if (certificate is not null) handler.SslOptions.RemoteCertificateValidationCallback = (_, seen, _, _) => seen?.Equals(certificate) == true;
        _requests = new RequestLog(handler);
        var port = new Uri(app.Urls.First()).Port.ToString(CultureInfo.InvariantCulture);
        var isTls = certificate is not null;
        Channel = GrpcChannel.ForAddress($"{(isTls ? "https" : "http")}://localhost:{port}", new GrpcChannelOptions
        {
            UnsafeUseInsecureChannelCallCredentials = !isTls,
            HttpHandler = _requests,
            DisposeHttpClient = true,
        });
    }

    public GrpcChannel Channel { get; }

    /// <summary>The paths of all HTTP requests that left on the channel, in their order.</summary>
    public IReadOnlyList<string> Requests => [.. _requests.Paths];

    /// <param name="keytab">The service's keytab, which is read again when it changes.</param>
    /// <param name="krb5Config">The realm's krb5.conf.</param>
    /// <param name="configure">What else is set.</param>
    /// <param name="certificate">With TLS: what it shows.</param>
    /// <param name="listen">Where it listens; null: on a port of the kernel's choice.</param>
    /// <param name="first">What sees each request before anything of ours does, and each answer after it.</param>
    public static async Task<GreeterHost> StartAsync(
        string keytab,
        string krb5Config,
        Action<KerberosAuthenticationOptions>? configure = null,
        X509Certificate2? certificate = null,
        Action<KestrelServerOptions>? listen = null,
        IStartupFilter? first = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(listen ?? (k => k.Listen(IPAddress.Loopback, 0, l =>
        {
            l.Protocols = HttpProtocols.Http2;
            if (certificate is not null) l.UseHttps(certificate);
        })));
        if (certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        if (first is not null) builder.Services.AddSingleton(first);
        builder.Services.AddGrpc();
        builder.Services.AddAuthentication().AddKerberos(o =>
        {
            (o.Keytab, o.Krb5Config) = (keytab, krb5Config);
            configure?.Invoke(o);
        });
        var app = builder.Build();
        app.MapGrpcService<GreeterService>();
        await app.StartAsync();
        return new GreeterHost(app, certificate);
    }

    public async Task<HelloReply> GreetAsync(KerberosClientInterceptor interceptor) =>
        await new Greeter.V1.Greeter.GreeterClient(Channel.WithKerberos(interceptor))
            .SayHelloAsync(new HelloRequest { Name = "world" }, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(30));

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
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

    private sealed class GreeterService : Greeter.V1.Greeter.GreeterBase
    {
        public override Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context)
        {
            var caller = context.GetHttpContext().User.Identity?.Name ?? "";
            return Task.FromResult(new HelloReply { Message = $"Hello {request.Name}, you are {caller}.", Principal = caller });
        }
    }
}
