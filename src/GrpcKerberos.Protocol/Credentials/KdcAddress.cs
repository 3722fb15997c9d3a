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
        if (IsIPv6(text))
        {
            address = new KdcAddress(text);
            return true;
        }

        // The colon before a port is the last one, and no bracket stands behind it.
        var colon = text.LastIndexOf(':');
        var hasPort = colon > text.LastIndexOf(']');
        var host = hasPort ? text[..colon] : text;
        var port = DefaultPort;
        if (hasPort && !TryPort(text[(colon + 1)..], out port)) return false;
        var bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (bracketed) host = host[1..^1];
        if (bracketed ? !IsIPv6(host) : Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4)) return false;
        address = new KdcAddress(host, port);
        return true;
    }

    /// <summary><c>dc1.corp.example:88</c>, as messages and logs have it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    private static bool IsIPv6(string text) =>
        !text.StartsWith('[') && IPAddress.TryParse(text, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6;

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue;
}
