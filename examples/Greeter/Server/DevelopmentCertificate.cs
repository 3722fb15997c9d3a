using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Greeter.Server;

/// <summary>A certificate for https where Kestrel:Certificates:Default configures none: made at start, for localhost.</summary>
/// <remarks>Its public half is written to the file that <c>Certificate</c> names, for clients to trust.</remarks>
internal static class DevelopmentCertificate
{
    public static void UseDevelopmentCertificate(this KestrelServerOptions kestrel, IConfiguration configuration)
    {
        if (configuration.GetSection("Kestrel:Certificates:Default").Exists()) return;
        var certificate = new Lazy<X509Certificate2>(() => Make(configuration["Certificate"]));
        kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate.Value);
    }

    private static X509Certificate2 Make(string? publicPath)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(30));
        if (publicPath is not null) File.WriteAllText(publicPath, made.ExportCertificatePem());
        // A key that exists in memory alone cannot be used by every platform's TLS; a PKCS#12 round trip makes it one that can.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
    }
}
