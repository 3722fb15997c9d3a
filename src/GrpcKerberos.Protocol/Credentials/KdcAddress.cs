using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Where a KDC listens: a host name or address, and a port.</summary>
internal sealed record KdcAddress(string Host, int Port = KdcAddress.DefaultPort)
{
    public const int DefaultPort = 88;

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>[2001:db8::1]:port</c> or a bare IPv6 address.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out KdcAddress? address)
    {
        address = null;
        if (IPAddress.TryParse(text, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6)
        {
            address = new KdcAddress(text.Trim('[', ']'));
            return true;
        }

        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        var port = DefaultPort;
        if (colon >= 0 && !TryPort(text[(colon + 1)..], out port)) return false;
        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
        else if (host.Contains(':', StringComparison.Ordinal)) return false;
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown) return false;
        address = new KdcAddress(host, port);
        return true;
    }

    /// <summary><c>dc1.corp.example:88</c>, as messages and logs have it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue;
}
