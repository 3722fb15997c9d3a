using System.Globalization;
using System.Net;
using Greeter.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>A Greeter on Kestrel (h2c, loopback, a port of the kernel's choice, where nobody says otherwise) with a keytab of a KDC's, and a channel to it.</summary>
internal sealed class GreeterHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GreeterHost(WebApplication app)
    {
        _app = app;
        var port = new Uri(app.Urls.First()).Port.ToString(CultureInfo.InvariantCulture);
        Channel = GrpcChannel.ForAddress($"http://localhost:{port}", new GrpcChannelOptions { UnsafeUseInsecureChannelCallCredentials = true });
    }

    public GrpcChannel Channel { get; }

    /// <param name="keytab">The service's keys.</param>
    /// <param name="krb5Config">The realm.</param>
    /// <param name="listen">Where it listens instead.</param>
    /// <param name="first">What sees each request before anything of ours does, and each answer after it.</param>
    public static async Task<GreeterHost> StartAsync(string keytab, string krb5Config, Action<KestrelServerOptions>? listen = null, IStartupFilter? first = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(listen ?? (static k => k.Listen(IPAddress.Loopback, 0, static l => l.Protocols = HttpProtocols.Http2)));
        if (first is not null) builder.Services.AddSingleton(first);
        builder.Services.AddGrpc();
        builder.Services.AddAuthentication().AddKerberos(o => (o.Keytab, o.Krb5Config) = (keytab, krb5Config));
        var app = builder.Build();
        app.MapGrpcService<GreeterService>();
        await app.StartAsync();
        return new GreeterHost(app);
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
