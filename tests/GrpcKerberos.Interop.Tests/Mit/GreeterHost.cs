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

/// <summary>A Greeter on Kestrel (h2c or TLS, loopback, a port of the kernel's choice) with a keytab that MIT's kadmin wrote, and a channel to it.</summary>
internal sealed class GreeterHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GreeterHost(WebApplication app, X509Certificate2? certificate)
    {
        _app = app;
        var port = new Uri(app.Urls.First()).Port.ToString(CultureInfo.InvariantCulture);
        Channel = certificate is null
            ? GrpcChannel.ForAddress($"http://localhost:{port}", new GrpcChannelOptions { UnsafeUseInsecureChannelCallCredentials = true })
            : GrpcChannel.ForAddress($"https://localhost:{port}", new GrpcChannelOptions
            {
                HttpHandler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, seen, _, _) => seen?.Equals(certificate) == true } },
                DisposeHttpClient = true,
            });
    }

    public GrpcChannel Channel { get; }

    /// <param name="keytab">Its path.</param>
    /// <param name="krb5Config">Its path.</param>
    /// <param name="configure">What else is set.</param>
    /// <param name="certificate">With TLS: what it shows.</param>
    public static async Task<GreeterHost> StartAsync(string keytab, string krb5Config, Action<KerberosAuthenticationOptions>? configure = null, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(k => k.Listen(IPAddress.Loopback, 0, l =>
        {
            l.Protocols = HttpProtocols.Http2;
            if (certificate is not null) l.UseHttps(certificate);
        }));
        if (certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
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

    private sealed class GreeterService : Greeter.V1.Greeter.GreeterBase
    {
        public override Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context)
        {
            var caller = context.GetHttpContext().User.Identity?.Name ?? "";
            return Task.FromResult(new HelloReply { Message = $"Hello {request.Name}, you are {caller}.", Principal = caller });
        }
    }
}
