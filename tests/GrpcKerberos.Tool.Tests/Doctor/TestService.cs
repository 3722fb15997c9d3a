using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Shared.Kestrel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcKerberos.Tool.Tests.Doctor;

/// <summary>A gRPC server on loopback without a method of its own: what doctor calls is the library's.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestService(WebApplication app) => _app = app;

    /// <summary>By the name localhost, whatever its certificate is for.</summary>
    public Uri Target
    {
        get
        {
            var bound = new Uri(_app.Urls.First());
            return new Uri(string.Create(CultureInfo.InvariantCulture, $"{bound.Scheme}://localhost:{bound.Port}"));
        }
    }

    /// <param name="certificate">With TLS; null: without.</param>
    /// <param name="configure">Its Kerberos; null: it has none.</param>
    /// <param name="protocols">What it speaks.</param>
    /// <param name="first">What sees each request before anything of ours does; a proxy, say.</param>
    public static async Task<TestService> StartAsync(
        X509Certificate2? certificate,
        Action<KerberosAuthenticationOptions>? configure,
        HttpProtocols protocols = HttpProtocols.Http2,
        Func<HttpContext, RequestDelegate, Task>? first = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(static k => k.BePatient()).UseKestrel(k => k.Listen(IPAddress.Loopback, 0, l =>
        {
            l.Protocols = protocols;
            if (certificate is not null) l.UseHttps(certificate);
        }));
        builder.Services.AddGrpc();
        if (configure is not null) builder.Services.AddAuthentication().AddKerberos(configure);
        var app = builder.Build();
        if (first is not null) app.Use(first);
        if (configure is not null) app.UseAuthentication();
        app.MapPost("{service}/{method}", static (HttpContext context) =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "12";
        });
        await app.StartAsync();
        return new TestService(app);
    }

    /// <summary>A certificate, self-signed.</summary>
    /// <param name="host">The name it is for.</param>
    /// <param name="until">Its end, some days from now.</param>
    /// <param name="subject">Whose it is; null: the host's.</param>
    public static X509Certificate2 NewCertificate(string host, int until = 30, string? subject = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={subject ?? host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-60), now.AddDays(until));
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
