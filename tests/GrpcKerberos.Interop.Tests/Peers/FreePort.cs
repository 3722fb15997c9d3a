using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>A port on 127.0.0.1, free for TCP and UDP at this moment, given to nobody else here, and not in the range that outgoing connections get.</summary>
internal static class FreePort
{
    private const int First = 21000;
    private const int Count = 1000;

    private static readonly HashSet<int> s_given = [];

    public static int Pick()
    {
        var start = RandomNumberGenerator.GetInt32(Count);
        for (var i = 0; i < Count; i++)
        {
            var port = First + ((start + i) % Count);
            if (!IsFree(port, SocketType.Stream, ProtocolType.Tcp) || !IsFree(port, SocketType.Dgram, ProtocolType.Udp)) continue;
            lock (s_given)
            {
                if (s_given.Add(port)) return port;
            }
        }
        throw new ForeignProcessException($"No port of 127.0.0.1 is free from {First} to {First + Count - 1}.");
    }

    private static bool IsFree(int port, SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
