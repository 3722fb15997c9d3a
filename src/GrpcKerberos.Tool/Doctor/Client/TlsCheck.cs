using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GrpcKerberos.Protocol.Kdc;

namespace GrpcKerberos.Tool.Doctor.Client;

/// <summary>Whether the server is reached, by TLS that this host trusts, and speaks HTTP/2.</summary>
internal sealed class TlsCheck(ClientCase client) : ICheck
{
    private const string InClear =
        "none, the target is http://: messages can be read and changed on their way, and sessions are one server's "
        + "(UnsafeUseInsecureChannelCallCredentials is needed)";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public string Name => "tls";

    public IReadOnlyList<string> Needs => ["ticket"];

    private Uri Target => client.Target!;

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken) => [await LookAsync(cancellationToken).ConfigureAwait(false)];

    private async Task<Finding> LookAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(s_patience, client.Host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(Target.IdnHost.Trim('[', ']'), Target.Port, either.Token).ConfigureAwait(false);
            if (Target.Scheme == Uri.UriSchemeHttp)
                return Finding.Ok(Name, InClear);
            return await ShakeHandsAsync(socket.GetStream(), either.Token).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            return Unreached($"{Target.Authority} {KdcSocketErrors.Describe(e).Message}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unreached($"{Target.Authority} silent.");
        }
    }

    private Finding Unreached(string text) => Finding.Fail(Name, text, "see whether the service is up and listens there, and what is in between.");

    private async Task<Finding> ShakeHandsAsync(Stream stream, CancellationToken cancellationToken)
    {
        Finding? fault = null;
        var options = client.Trust.Options((certificate, chain, errors) => fault = CertificateFault.Of(Name, Target.IdnHost, certificate, chain, errors));
        options.TargetHost = Target.IdnHost;
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
            if (tls.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
            {
                return Finding.Fail(
                    Name, $"{Target.Authority} does not offer HTTP/2 (ALPN h2).", "let the endpoint, and a proxy before it, speak HTTP/2: gRPC needs it.");
            }

            using var certificate = new X509Certificate2(tls.RemoteCertificate!);
            return Finding.Ok(Name, $"{VersionOf(tls.SslProtocol)}, {certificate.Subject} until {CertificateFault.Day(certificate.NotAfter)}");
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return fault ?? Finding.Fail(
                Name,
                $"{Target.Authority} makes no TLS connection: {e.Message.TrimEnd('.')}.",
                "see that the port speaks TLS; where the link is protected otherwise, the target is http://.");
        }
        finally
        {
            await tls.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static string VersionOf(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls13 => "1.3",
        SslProtocols.Tls12 => "1.2",
        _ => protocol.ToString("G").ToLower(CultureInfo.InvariantCulture),
    };
}
