using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
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

/// <summary>A Greeter on Kestrel (h2c, loopback, a port of the kernel's choice) with a keytab that MIT's kadmin wrote, and a channel to it.</summary>
internal sealed class GreeterHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CallerLog _callers;
    private readonly RequestLog _requests = new(new SocketsHttpHandler());

    private GreeterHost(WebApplication app)
    {
        _app = app;
        _callers = app.Services.GetRequiredService<CallerLog>();
        var port = new Uri(app.Urls.First()).Port.ToString(CultureInfo.InvariantCulture);
        Channel = GrpcChannel.ForAddress($"http://localhost:{port}", new GrpcChannelOptions
        {
            UnsafeUseInsecureChannelCallCredentials = true,
            HttpHandler = _requests,
            DisposeHttpClient = true,
        });
    }

    public GrpcChannel Channel { get; }

    /// <summary>The paths of all HTTP requests that left on the channel, in their order.</summary>
    public IReadOnlyList<string> Requests => [.. _requests.Paths];

    /// <summary>Who called, as the service saw it, in the order of the calls.</summary>
    public IReadOnlyList<KerberosCaller> Callers => [.. _callers.Callers];

    /// <param name="keytab">The service's keytab, which is read again when it changes.</param>
    /// <param name="krb5Config">The realm's krb5.conf.</param>
    /// <param name="time">The server's clock; null: the system's.</param>
    public static async Task<GreeterHost> StartAsync(string keytab, string krb5Config, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(static k => k.Listen(IPAddress.Loopback, 0, static l => l.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<CallerLog>();
        builder.Services.AddAuthentication().AddKerberos(o => (o.Keytab, o.Krb5Config, o.TimeProvider) = (keytab, krb5Config, time));
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

    private sealed class RequestLog(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public ConcurrentQueue<string> Paths { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Paths.Enqueue(request.RequestUri!.AbsolutePath);
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class CallerLog
    {
        public ConcurrentQueue<KerberosCaller> Callers { get; } = [];
    }

    private sealed class GreeterService(CallerLog log) : Greeter.V1.Greeter.GreeterBase
    {
        public override Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context)
        {
            var caller = context.GetHttpContext().User.Identity?.Name ?? "";
            log.Callers.Enqueue(context.GetRequiredKerberosCaller());
            return Task.FromResult(new HelloReply { Message = $"Hello {request.Name}, you are {caller}.", Principal = caller });
        }
    }
}
