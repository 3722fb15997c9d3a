using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.Tool.Doctor.Client;

/// <summary>What a server's certificate is judged by: this host's trusted ones, or those of a file.</summary>
internal sealed class CertificateTrust
{
    private readonly X509Certificate2Collection? _roots;

    private CertificateTrust(X509Certificate2Collection? roots) => _roots = roots;

    /// <param name="path">PEM; null: this host's.</param>
    /// <exception cref="KerberosException">The file cannot be read.</exception>
    public static CertificateTrust Of(string? path)
    {
        if (path is null) return new CertificateTrust(null);
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPemFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Unusable(path, e.Message, e);
        }

        return roots.Count > 0 ? new CertificateTrust(roots) : throw Unusable(path, "it holds no certificate", null);
    }

    /// <param name="judged">Hears of the certificate and what is wrong with it; whoever sends anything lets the answer be.</param>
    public SslClientAuthenticationOptions Options(Action<X509Certificate2?, X509Chain?, SslPolicyErrors>? judged) => new()
    {
        // Both, so that a server without HTTP/2 says so instead of ending the handshake; a channel's handler chooses for itself.
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        CertificateChainPolicy = Policy(),
        RemoteCertificateValidationCallback = judged is null ? null : (_, certificate, chain, errors) =>
        {
            judged(certificate as X509Certificate2, chain, errors);
            return errors == SslPolicyErrors.None;
        },
    };

    private X509ChainPolicy? Policy()
    {
        if (_roots is null) return null;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_roots);
        return policy;
    }

    private static KerberosException Unusable(string path, string why, Exception? inner) =>
        new(
            KerberosError.ConfigurationInvalid,
            $"The certificates of {path} (from --trust) cannot be read: {why.TrimEnd('.')}. Next: name a PEM file with the CA's certificate.",
            inner);
}
