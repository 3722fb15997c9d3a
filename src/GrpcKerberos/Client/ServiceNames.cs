using System.Collections.Concurrent;
using System.Net;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.Client;

/// <summary>Service principals out of the setting and the channel's logical target; never from DNS, the picked address or the server.</summary>
/// <param name="template">ServicePrincipal: <c>HTTP/{host}</c> or a fixed name.</param>
/// <param name="realmOf">The realm of a name without one, by its host.</param>
internal sealed class ServiceNames(string template, Func<string, string?> realmOf)
{
    public const string HostMark = "{host}";

    private readonly ConcurrentDictionary<string, KerberosPrincipal> _known = new(StringComparer.Ordinal);

    /// <param name="serviceUrl">As gRPC gives it to call credentials: <c>https://orders:5001/package.Service</c>, <c>dns:///orders/package.Service</c>.</param>
    /// <param name="grpcService"><c>package.Service</c>.</param>
    /// <exception cref="KerberosException">No name can be made (<see cref="KerberosError.ServiceNameUnknown"/>).</exception>
    public KerberosPrincipal Resolve(string serviceUrl, string grpcService)
    {
        if (_known.TryGetValue(serviceUrl, out var known)) return known;
        var target = TargetOf(serviceUrl, grpcService);
        var name = template;
        if (template.Contains(HostMark, StringComparison.Ordinal))
        {
            var host = HostOf(target) ?? throw new KerberosException(KerberosError.ServiceNameUnknown, ClientMessages.ServiceNameUnknown(target));
            name = template.Replace(HostMark, host, StringComparison.Ordinal);
        }

        var principal = Parse(name);
        _known.TryAdd(serviceUrl, principal);
        return principal;
    }

    /// <summary>A name with or without its realm.</summary>
    public KerberosPrincipal Parse(string name)
    {
        if (KerberosPrincipal.TryParse(name, out var principal)) return principal;
        if (!KerberosPrincipal.TryParse(name, "?", out var bare)) throw new KerberosException(KerberosError.ServiceNameUnknown, ClientMessages.NoPrincipal(name));
        var realm = realmOf(bare.Components[^1]) ?? throw new KerberosException(KerberosError.ConfigurationInvalid, ClientMessages.NoRealm(name));
        return new KerberosPrincipal(bare.Name, realm);
    }

    /// <summary>The endpoint a channel was made for: <c>orders:5001</c>. A target such as <c>static:///</c> has none: empty.</summary>
    internal static string TargetOf(string serviceUrl, string grpcService)
    {
        var scheme = serviceUrl.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0) return serviceUrl;
        var rest = serviceUrl.AsSpan(scheme + 3);
        if (rest.EndsWith(grpcService, StringComparison.Ordinal)) rest = rest[..^grpcService.Length];
        var slash = rest.IndexOf('/');
        var authority = slash < 0 ? rest : rest[..slash];
        var path = slash < 0 ? default : rest[slash..].Trim('/');
        var isHttp = serviceUrl.AsSpan(0, scheme) is "http" or "https";
        // dns://resolver/orders asks the resolver named first for the endpoint named last.
        return (isHttp || path.IsEmpty ? authority : path).ToString();
    }

    /// <summary>The host in lower case, without port; null for an IP literal and what is no host name.</summary>
    internal static string? HostOf(string target)
    {
        var host = target.AsSpan(target.LastIndexOf('@') + 1);
        if (host.IndexOf(':') is >= 0 and var colon) host = host[..colon];
        host = host.TrimEnd('.');
        var name = host.ToString().ToLowerInvariant();
        return Uri.CheckHostName(name) == UriHostNameType.Dns && !IPAddress.TryParse(name, out _) ? name : null;
    }
}
