using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GrpcKerberos.Interop.Tests.Clients;

/// <summary>
/// The Greeter at one port in several lives, with TLS or without it. Somebody sits between it and its callers, who holds no key: counts who
/// establishes, keeps the answers, changes what he likes, and answers himself.
/// </summary>
internal sealed class WatchedGreeter : IStartupFilter, IAsyncDisposable
{
    public const string Establish = "/grpckerberos.v1.SessionService/Establish";

    // kinit notes its KDC's clock in whole seconds, so MIT's tokens may be a second behind their making; and a server takes none from before its start.
    private static readonly TimeProvider s_clock = new SlowClock();

    private readonly string _keytab;
    private readonly string _krb5Config;
    private readonly X509Certificate2? _certificate;
    private readonly int _port = FreePort.Pick();
    private GreeterHost? _host;
    private int _establishes;

    private WatchedGreeter(string keytab, string krb5Config, string? certificate)
    {
        (_keytab, _krb5Config, Certificate) = (keytab, krb5Config, certificate);
        if (certificate is not null) _certificate = MakeCertificate(certificate);
    }

    /// <summary>host:port.</summary>
    public string Target => $"localhost:{_port}";

    /// <summary>With TLS: a file with what is to be trusted.</summary>
    public string? Certificate { get; }

    public int Establishes => _establishes;

    /// <summary>The message of the last answer to Establish.</summary>
    public byte[] Established { get; private set; } = [];

    /// <summary>Changes the <c>authentication-info</c> of calls; null takes it away.</summary>
    public Func<string, string?> Change { get; set; } = static info => info;

    /// <summary>Answers in its place; null lets the request through to it.</summary>
    public Func<HttpContext, Task?> Instead { get; set; } = static _ => null;

    /// <param name="keytab">The service's keys.</param>
    /// <param name="krb5Config">The realm.</param>
    /// <param name="certificate">With TLS: the file for what is to be trusted.</param>
    public static async Task<WatchedGreeter> StartAsync(string keytab, string krb5Config, string? certificate)
    {
        var greeter = new WatchedGreeter(keytab, krb5Config, certificate);
        await greeter.RestartAsync();
        return greeter;
    }

    /// <summary>A new process would know as little of the sessions as the new server does.</summary>
    public async Task RestartAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _host = await GreeterHost.StartAsync(_keytab, _krb5Config, static o => o.TimeProvider = s_clock, listen: Listen, first: this);
    }

    /// <summary>A message and the status OK.</summary>
    public static async Task AnswerAsync(HttpContext context, byte[] message)
    {
        context.Response.ContentType = "application/grpc";
        var prefix = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), message.Length);
        await context.Response.Body.WriteAsync((byte[])[.. prefix, .. message]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>No message, and the server's word that it does not know the session.</summary>
    public static Task RefuseAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = "16";
        context.Response.Headers["www-authenticate"] = "Kerberos error=SESSION_UNKNOWN";
        return Task.CompletedTask;
    }

    /// <summary>The parts of an EstablishResponse that clients look at.</summary>
    public static byte[] EstablishResponse(byte[] token, byte[] session)
    {
        using var buffer = new MemoryStream();
        using (var message = new CodedOutputStream(buffer, leaveOpen: true))
        {
            message.WriteTag(1, WireFormat.WireType.LengthDelimited);
            message.WriteBytes(ByteString.CopyFrom(token));
            message.WriteTag(2, WireFormat.WireType.LengthDelimited);
            message.WriteBytes(ByteString.CopyFrom(session));
        }
        return buffer.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _certificate?.Dispose();
    }

    Action<IApplicationBuilder> IStartupFilter.Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(WatchAsync);
        next(app);
    };

    private void Listen(KestrelServerOptions kestrel) => kestrel.Listen(IPAddress.Loopback, _port, endpoint =>
    {
        endpoint.Protocols = HttpProtocols.Http2;
        if (_certificate is not null) endpoint.UseHttps(_certificate);
    });

    private Task WatchAsync(HttpContext context, RequestDelegate next)
    {
        var establishes = context.Request.Path == Establish;
        if (establishes) Interlocked.Increment(ref _establishes);
        if (Instead(context) is { } answered) return answered;
        if (establishes) return KeepAsync(context, next);
        // Called back in the opposite order: what ours writes at the very last is there.
        context.Response.OnStarting(() =>
        {
            if (Change(context.Response.Headers["authentication-info"].ToString()) is { } info) context.Response.Headers["authentication-info"] = info;
            else context.Response.Headers.Remove("authentication-info");
            return Task.CompletedTask;
        });
        return next(context);
    }

    private async Task KeepAsync(HttpContext context, RequestDelegate next)
    {
        var body = context.Response.Body;
        using var kept = new MemoryStream();
        context.Response.Body = kept;
        await next(context);
        context.Response.Body = body;
        if (kept.Length == 0) return; // a refusal has headers alone
        Established = kept.ToArray()[5..];
        await body.WriteAsync(kept.ToArray());
    }

    private static X509Certificate2 MakeCertificate(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(1));
        File.WriteAllText(path, made.ExportCertificatePem());
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
    }

    private sealed class SlowClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddSeconds(-2);
    }
}
