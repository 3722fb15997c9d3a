using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace Greeter.Client;

/// <summary>A channel to https, or to http where the link is protected otherwise.</summary>
internal static class Channel
{
    /// <param name="target">https://host:port or http://host:port.</param>
    /// <param name="trusted">A PEM file with the one certificate to trust besides the system's; null for the system's alone.</param>
    /// <exception cref="FormatException">One of them is not so.</exception>
    public static GrpcChannel To(string? target, string? trusted)
    {
        if (!Uri.TryCreate(target, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
            throw new FormatException($"Target \"{target}\" is no address. Next: write it as https://host:port or http://host:port.");

        var handler = new SocketsHttpHandler();
        if (trusted is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.Add(Load(trusted));
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            // gRPC drops call credentials on http:// unless told that the link is safe.
            UnsafeUseInsecureChannelCallCredentials = address.Scheme == Uri.UriSchemeHttp,
        });
    }

    private static X509Certificate2 Load(string path)
    {
        if (!File.Exists(path)) throw new FormatException($"Certificate {path} does not exist. Next: name the file that the server wrote.");
        try
        {
            return X509CertificateLoader.LoadCertificateFromFile(path);
        }
        catch (CryptographicException e)
        {
            throw new FormatException($"Certificate {path} cannot be read as a certificate. Next: name the PEM file that the server wrote.", e);
        }
    }
}
