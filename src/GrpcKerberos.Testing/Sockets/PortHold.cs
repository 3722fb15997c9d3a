using System.Net;
using System.Net.Sockets;

namespace GrpcKerberos.Testing.Sockets;

/// <summary>A port kept for both protocols, served on or not: TCP bound and not listening, UDP bound and deaf.</summary>
/// <remarks>
/// Linux lets other sockets of ours be bound beside them, so the port is free at no moment. Elsewhere what serves takes their
/// place, and between the two somebody else may be quicker.
/// </remarks>
internal sealed class PortHold : IDisposable
{
    private readonly Socket _tcp;
    private readonly Socket _udp;

    private PortHold(Socket tcp, Socket udp)
    {
        _tcp = tcp;
        _udp = udp;
        EndPoint = (IPEndPoint)tcp.LocalEndPoint!;
    }

    public IPEndPoint EndPoint { get; }

    private static bool Shares => OperatingSystem.IsLinux();

    /// <summary>Takes the port, or any where it is 0.</summary>
    /// <exception cref="SocketException">It is not free.</exception>
    public static PortHold Take(IPEndPoint endPoint)
    {
        var (tcp, udp) = BindBoth(endPoint);
        try
        {
            // Connected to itself it takes datagrams of nobody else: they are refused as if the port were closed.
            udp.Connect(udp.LocalEndPoint!);
            return new PortHold(tcp, udp);
        }
        catch
        {
            tcp.Dispose();
            udp.Dispose();
            throw;
        }
    }

    /// <summary>Two bound sockets that are the caller's from now on.</summary>
    public (Socket Tcp, Socket Udp) Lend()
    {
        if (!Shares) Dispose();
        return BindBoth(EndPoint);
    }

    /// <summary>What keeps the port once the sockets lent are closed.</summary>
    public PortHold Reclaim() => Shares ? this : Take(EndPoint);

    public void Dispose()
    {
        _tcp.Dispose();
        _udp.Dispose();
    }

    private static (Socket Tcp, Socket Udp) BindBoth(IPEndPoint endPoint)
    {
        // Connections that just ended would keep the port from being bound anew for a minute; Windows lets it be bound anyway.
        var tcp = Bind(endPoint, SocketType.Stream, ProtocolType.Tcp, reuse: !OperatingSystem.IsWindows());
        try
        {
            return (tcp, Bind((IPEndPoint)tcp.LocalEndPoint!, SocketType.Dgram, ProtocolType.Udp, Shares));
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
    }

    private static Socket Bind(IPEndPoint endPoint, SocketType type, ProtocolType protocol, bool reuse)
    {
        var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            if (reuse) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
