using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace Greeter.Client;

/// <summary>A channel to https, or to http where the link is protected otherwise.</summary>
internal static class Channel
{
    /// <param name="target">https://host:port or http://host:port.</param>
    /// <param name="trusted">A PEM file with the one certificate to trust besides the system's; null for the system's alone.</param>
    public static GrpcChannel To(string target, string? trusted)
    {
        var handler = new SocketsHttpHandler();
        if (trusted is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(trusted));
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return GrpcChannel.ForAddress(target, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            // gRPC drops call credentials on http:// unless told that the link is safe.
            UnsafeUseInsecureChannelCallCredentials = target.StartsWith("http://", StringComparison.OrdinalIgnoreCase),
        });
    }
}
