using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace GrpcKerberos.Protocol.Kdc.Srv;

/// <summary>Whom this host asks for names: the nameserver lines of resolv.conf, on Windows those of its network interfaces.</summary>
internal static class NameServers
{
    public const int Port = 53;

    /// <summary>As the C library: more are not asked.</summary>
    private const int MaxServers = 3;

    private const int MaxFileLength = 64 * 1024;
    private const string Keyword = "nameserver";

    /// <summary>In the order to ask them; this host itself where none is named, as the C library has it.</summary>
    public static IReadOnlyList<IPEndPoint> OfThisHost() => OperatingSystem.IsWindows() ? OfInterfaces() : OfFile("/etc/resolv.conf");

    public static IReadOnlyList<IPEndPoint> OfFile(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            var text = new char[MaxFileLength];
            return Of(text.AsSpan(0, reader.ReadBlock(text)).ToString());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Of("");
        }
    }

    public static IReadOnlyList<IPEndPoint> Of(string resolvConf)
    {
        var servers = new List<IPEndPoint>();
        foreach (var line in resolvConf.Split('\n'))
        {
            var words = line.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
            if (words is [Keyword, var address, ..] && line.StartsWith(Keyword, StringComparison.Ordinal) && IPAddress.TryParse(address, out var ip))
                servers.Add(new IPEndPoint(ip, Port));
        }

        return servers.Count > 0 ? [.. servers.Take(MaxServers)] : [new IPEndPoint(IPAddress.Loopback, Port)];
    }

    private static IReadOnlyList<IPEndPoint> OfInterfaces()
    {
        try
        {
            var addresses = NetworkInterface.GetAllNetworkInterfaces()
                .Where(static i => i.OperationalStatus == OperationalStatus.Up)
                .SelectMany(static i => i.GetIPProperties().DnsAddresses)
                // Placeholders of Windows, which nothing answers at.
                .Where(static a => !(a.AddressFamily == AddressFamily.InterNetworkV6 && a.IsIPv6SiteLocal))
                .Distinct();
            return [.. addresses.Take(MaxServers).Select(static a => new IPEndPoint(a, Port))];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }
}
