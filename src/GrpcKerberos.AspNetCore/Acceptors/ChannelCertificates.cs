using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using GrpcKerberos.Protocol.ApExchange;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>The TLS channels by which clients of a scheme may know a connection.</summary>
/// <param name="policy">Where bindings are ignored, nothing is hashed.</param>
/// <param name="proxies">Those that end at a proxy.</param>
internal sealed class ChannelCertificates(ChannelBindingPolicy policy, IReadOnlyList<ChannelBinding> proxies)
{
    /// <summary>Hashed once a connection, and forgotten with it.</summary>
    private readonly ConditionalWeakTable<SslStream, IReadOnlyList<ChannelBinding>> _known = [];

    /// <summary>This connection's own first: where a proxy has the same certificate, it counts as ours.</summary>
    public IReadOnlyList<ChannelBinding> Of(HttpContext context)
    {
        if (policy == ChannelBindingPolicy.Ignore) return [];
        if (context.Features.Get<ISslStreamFeature>()?.SslStream is not { } stream) return proxies;
        // GetValue alone would make a delegate for each call.
        return _known.TryGetValue(stream, out var known) ? known : _known.GetValue(stream, Read);
    }

    private IReadOnlyList<ChannelBinding> Read(SslStream stream)
    {
        // The certificate this very handshake used: by its name in SNI, or since a rotation, it may be another than the next one's.
        if (stream.LocalCertificate is not { } local) return proxies;
        if (local is X509Certificate2 certificate) return With(certificate);
        using var copy = X509CertificateLoader.LoadCertificate(local.GetRawCertData());
        return With(copy);
    }

    private IReadOnlyList<ChannelBinding> With(X509Certificate2 certificate) => ChannelBinding.Of(certificate) is { } own ? [own, .. proxies] : proxies;
}
