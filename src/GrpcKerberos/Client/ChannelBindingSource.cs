using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GrpcKerberos.Protocol.ApExchange;

namespace GrpcKerberos;

/// <summary>Where a client learns the server certificate its proofs are bound to (tls-server-end-point, RFC 5929 section 4).</summary>
/// <remarks>A proof so bound is good on connections with that certificate alone: who ends TLS in between by another one, trusted or not, cannot use what it reads.</remarks>
public sealed class ChannelBindingSource
{
    private readonly ConcurrentDictionary<string, ChannelBinding> _seen = new(StringComparer.OrdinalIgnoreCase);
    private volatile ChannelBinding? _latest;

    private ChannelBindingSource()
    {
    }

    /// <summary>The certificates that servers show in this handler's own TLS handshakes, as they change. The handler validates them as before.</summary>
    /// <param name="handler">The handler of the channel, before its first call, of one service: by host name alone, two services on one host cannot be told apart. It must end TLS itself: no ConnectCallback that does.</param>
    /// <exception cref="InvalidOperationException">The handler has sent a request already.</exception>
    public static ChannelBindingSource From(SocketsHttpHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var source = new ChannelBindingSource();
        var options = handler.SslOptions;
        var validate = options.RemoteCertificateValidationCallback;
        // Raises what is said above: a handler that has sent a request looks at its options no more.
        handler.SslOptions = options;
        options.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            var isTrusted = validate is null ? errors == SslPolicyErrors.None : validate(sender, certificate, chain, errors);
            if (isTrusted && certificate is not null) source.See((sender as SslStream)?.TargetHostName, certificate);
            return isTrusted;
        };
        return source;
    }

    /// <summary>One certificate that is known beforehand.</summary>
    /// <param name="certificate">The server's, as clients see it: a proxy's where one ends TLS.</param>
    /// <exception cref="ArgumentException">RFC 5929 defines no hash for its signature (Ed25519, Ed448, ML-DSA).</exception>
    public static ChannelBindingSource From(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new ChannelBindingSource
        {
            _latest = ChannelBinding.Of(certificate) ?? throw new ArgumentException(
                $"RFC 5929 defines no tls-server-end-point for the signature of {certificate.Subject}. Next: use a certificate signed by RSA or ECDSA.", nameof(certificate)),
        };
    }

    /// <summary>What connections to a host are known by; null where nothing is known yet.</summary>
    internal ChannelBinding? Of(string? host) => host is not null && _seen.TryGetValue(host, out var seen) ? seen : _latest;

    private void See(string? host, X509Certificate certificate)
    {
        using var copy = certificate is X509Certificate2 ? null : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        if (ChannelBinding.Of(copy ?? (X509Certificate2)certificate) is not { } fresh) return;
        // The same object for the same certificate: what is bound to it is told by reference.
        if (host is not null)
        {
            fresh = _seen.AddOrUpdate(host, static (_, f) => f, static (_, known, f) => IsSame(known, f) ? known : f, fresh);
        }
        else if (_latest is { } latest && IsSame(latest, fresh))
        {
            return;
        }

        _latest = fresh;
    }

    private static bool IsSame(ChannelBinding left, ChannelBinding right) => CryptographicOperations.FixedTimeEquals(left.EndPointHash.Span, right.EndPointHash.Span);
}
