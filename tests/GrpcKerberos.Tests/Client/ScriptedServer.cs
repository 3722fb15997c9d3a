using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Shared.Kestrel;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcKerberos.Tests.Client;

/// <summary>A greeter over Kestrel on loopback that judges proofs by the acceptor alone, and answers as the test's script says.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private static readonly Lazy<X509Certificate2> s_certificate = new(MakeCertificate);
    private static readonly Lazy<X509Certificate2> s_otherCertificate = new(MakeCertificate);

    private readonly bool _tls;
    private readonly Func<Keytab> _keytab;
    private readonly TimeProvider _clock;
    private readonly List<CallAcceptor> _replicas = [];
    private readonly WebApplication _app;

    private ScriptedServer(bool tls, Func<Keytab> keytab, TimeProvider clock)
    {
        _tls = tls;
        _keytab = keytab;
        _clock = clock;
        Portability = tls ? Portability.OverTls : Portability.Always;
        Restart();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static k => k.BePatient()).UseKestrel(k => k.Listen(IPAddress.Loopback, 0, Listen));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(Greeter);
        _app = builder.Build();
        _app.Use(JudgeAsync);
        _app.MapGrpcService<ScriptedGreeter>();
    }

    /// <summary>What comes of an attempt; by default what a good server does.</summary>
    public Func<Received, Func<Task>, Task> Script { get; set; } = Answer;

    /// <summary>What comes of a call to Establish; by default what a good server does.</summary>
    public Func<EstablishReceived, Task> EstablishScript { get; set; } = EstablishReceived.Answer;

    /// <summary>What sessions the server makes.</summary>
    public Portability Portability { get; set; }

    /// <summary>What new connections are opened with; both are trusted by <see cref="NewHandler"/>.</summary>
    public X509Certificate2 Certificate { get; set; } = s_certificate.Value;

    public static X509Certificate2 OtherCertificate => s_otherCertificate.Value;

    /// <summary>Whether a restarted process runs calls of stock clients at once, as stock acceptors do.</summary>
    public bool RunsOnTokenAlone { get; set; }

    /// <summary>Whether it compares channel bindings with the certificate of the connection they came on.</summary>
    public bool LooksAtChannels { get; set; }

    /// <summary>Which of the processes behind this one address answers.</summary>
    public int Replica { get; set; }

    public ScriptedGreeter Greeter { get; } = new();

    public ConcurrentQueue<Received> Received { get; } = new();

    /// <summary>Calls of Establish, which are not among the others.</summary>
    public ConcurrentQueue<EstablishReceived> Establishments { get; } = new();

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
        if (received.Accepted is { Mic.IsEmpty: true } stock)
        {
            received.Context.Response.Headers[KerberosMetadata.WwwAuthenticate] = NegotiateValue.Format(received.Initial!.Answer(stock.ApRep));
            return run();
        }

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
        new() { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, c, _, _) => c!.GetCertHashString() == s_certificate.Value.GetCertHashString() || c.GetCertHashString() == s_otherCertificate.Value.GetCertHashString() } };

    /// <summary>What the acceptor says of the same attempt a second time.</summary>
    public Task<Received> JudgeAgainAsync(Received received) => JudgeAsync(received.Context, received.Token, isEstablish: false);

    /// <summary>A new process in the place of the one that answers: it knows no session.</summary>
    public void Restart()
    {
        var policy = new AcceptorPolicy { UnsafeCallsOnTokenAlone = RunsOnTokenAlone };
        var exchanges = new ApAcceptor(policy, new MemoryReplayCache(_clock), new AcceptorClock(_clock), new ProcessSecret());
        var fresh = new CallAcceptor(exchanges, new SessionCache(1000, policy.MaxClockSkew), KerberosPrincipal.Parse("HTTP/localhost@TEST.LOCAL"));
        if (Replica < _replicas.Count) _replicas[Replica] = fresh;
        else _replicas.Add(fresh);
    }

    /// <summary>Another process beside the others; it answers from now on.</summary>
    public void AddReplica()
    {
        Replica = _replicas.Count;
        Restart();
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private void Listen(ListenOptions endpoint)
    {
        endpoint.Protocols = HttpProtocols.Http2;
        if (_tls) endpoint.UseHttps(o => o.ServerCertificateSelector = (_, _) => Certificate);
    }

    private async Task JudgeAsync(HttpContext context, Func<Task> run)
    {
        if (context.Request.Path == EstablishMessage.Path)
        {
            var establish = new EstablishReceived(await JudgeAsync(context, await ReadTokenAsync(context), isEstablish: true));
            Establishments.Enqueue(establish);
            await EstablishScript(establish);
            return;
        }

        var received = await JudgeAsync(context, default, isEstablish: false);
        Received.Enqueue(received);
        await Script(received, run);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadTokenAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return EstablishRequest.Parser.ParseFrom(body.ToArray().AsSpan(5)).Token.Memory;
    }

    private async Task<Received> JudgeAsync(HttpContext context, ReadOnlyMemory<byte> body, bool isEstablish)
    {
        var acceptor = _replicas[Replica];
        var now = acceptor.Now();
        var authorization = context.Request.Headers[KerberosMetadata.Authorization].ToString();
        if (NegotiateValue.TryParse(authorization, out var negotiate, out _) && InitialToken.TryRead(negotiate, out var initial, out _))
        {
            var stock = new IncomingCall(initial.ApReq, null, context.Request.Path.Value!) { Connection = new Connection(Portability, []) };
            return new Received(context, null, stock, await JudgeAsync(acceptor, stock, context.RequestAborted), now) { Initial = initial };
        }

        if (!AuthorizationValue.TryParse(authorization, out var value, out _))
            return new Received(context, null, null, default, now);
        var call = new IncomingCall(body.IsEmpty ? value.Token : body, value.Proof, context.Request.Path.Value!)
        {
            Connection = new Connection(Portability, LooksAtChannels ? ChannelsOf(context) : []),
            IsEstablish = isEstablish,
        };
        return new Received(context, value, call, await JudgeAsync(acceptor, call, context.RequestAborted), now);
    }

    private async Task<CallJudgement> JudgeAsync(CallAcceptor acceptor, IncomingCall call, CancellationToken cancellationToken)
    {
        if (call.Proof is { } proof)
        {
            var judged = acceptor.JudgeBySession(proof, call.Method, call.Token.Span, call.Connection);
            if (!judged.NeedsToken) return judged;
        }

        var (exchange, refused) = await acceptor.JudgeByTokenAsync(call, _keytab(), cancellationToken);
        return exchange is null ? refused! : acceptor.Admit(call, exchange, state: null);
    }

    private static IReadOnlyList<ChannelBinding> ChannelsOf(HttpContext context) =>
        [ChannelBinding.Of(new X509Certificate2(context.Features.Get<ISslStreamFeature>()!.SslStream.LocalCertificate!))!];

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
