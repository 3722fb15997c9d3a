using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcKerberos.Tests.Client;

/// <summary>A greeter over Kestrel on loopback that judges proofs by the acceptor alone, and answers as the test's script says.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private static readonly Lazy<X509Certificate2> s_certificate = new(MakeCertificate);

    private readonly bool _tls;
    private readonly Func<Keytab> _keytab;
    private readonly ApAcceptor _acceptor;
    private readonly WebApplication _app;

    private ScriptedServer(bool tls, Func<Keytab> keytab, TimeProvider clock)
    {
        _tls = tls;
        _keytab = keytab;
        _acceptor = new ApAcceptor(new AcceptorPolicy(), new MemoryReplayCache(clock), new AcceptorClock(clock), new ProcessSecret());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(k => k.Listen(IPAddress.Loopback, 0, Listen));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(Greeter);
        _app = builder.Build();
        _app.Use(JudgeAsync);
        _app.MapGrpcService<ScriptedGreeter>();
    }

    /// <summary>What comes of an attempt; by default what a good server does.</summary>
    public Func<Received, Func<Task>, Task> Script { get; set; } = Answer;

    public ScriptedGreeter Greeter { get; } = new();

    public ConcurrentQueue<Received> Received { get; } = new();

    public int Port => new Uri(_app.Urls.First()).Port;

    public Uri Address => new($"{(_tls ? "https" : "http")}://localhost:{Port}");

    public static async Task<ScriptedServer> StartAsync(bool tls, Func<Keytab> keytab, TimeProvider? clock = null)
    {
        var server = new ScriptedServer(tls, keytab, clock ?? TimeProvider.System);
        await server._app.StartAsync();
        return server;
    }

    public static Task Answer(Received received, Func<Task> run)
    {
        if (received.Accepted is null)
        {
            received.Refuse();
            return Task.CompletedTask;
        }

        received.Prove();
        return run();
    }

    public GrpcChannel Connect(Action<GrpcChannelOptions>? configure = null, string? target = null)
    {
        var options = new GrpcChannelOptions { HttpHandler = NewHandler(), DisposeHttpClient = true, UnsafeUseInsecureChannelCallCredentials = !_tls };
        configure?.Invoke(options);
        return GrpcChannel.ForAddress(target ?? Address.ToString(), options);
    }

    public static SocketsHttpHandler NewHandler() =>
        new() { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, c, _, _) => c!.GetCertHashString() == s_certificate.Value.GetCertHashString() } };

    /// <summary>What the acceptor says of the same attempt a second time.</summary>
    public Task<Received> JudgeAgainAsync(Received received) => ReceiveAsync(received.Context);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private void Listen(ListenOptions endpoint)
    {
        endpoint.Protocols = HttpProtocols.Http2;
        if (_tls) endpoint.UseHttps(s_certificate.Value);
    }

    private async Task JudgeAsync(HttpContext context, Func<Task> run)
    {
        var received = await ReceiveAsync(context);
        Received.Enqueue(received);
        await Script(received, run);
    }

    private async Task<Received> ReceiveAsync(HttpContext context)
    {
        var now = _acceptor.Now();
        if (!AuthorizationValue.TryParse(context.Request.Headers[KerberosMetadata.Authorization].ToString(), out var value, out _))
            return new Received(context, null, null, null, null, now);
        var call = new IncomingCall(value.Token, value.Proof, context.Request.Path);
        var step = await _acceptor.AcceptAsync(call, _keytab(), context.RequestAborted);
        step.Passed(out var accepted, out var refusal);
        return new Received(context, value, call, accepted, refusal, now);
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
