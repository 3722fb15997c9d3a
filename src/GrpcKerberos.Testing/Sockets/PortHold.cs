using System.Net;
using System.Net.Sockets;

namespace GrpcKerberos.Testing.Sockets;

/// <summary>A port kept for both protocols while nobody is served on it: TCP bound and not listening, UDP bound and deaf.</summary>
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

    /// <summary>Takes the port, or any where it is 0.</summary>
    /// <exception cref="SocketException">It is not free.</exception>
    public static PortHold Take(IPEndPoint endPoint)
    {
        var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Socket? udp = null;
        try
        {
            // Connections that just ended would keep the port from being bound anew for a minute; Windows lets it be bound anyway.
            if (!OperatingSystem.IsWindows()) tcp.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            tcp.Bind(endPoint);
            var bound = (IPEndPoint)tcp.LocalEndPoint!;
            udp = BindUdp(bound);
            // Connected to itself it takes datagrams of nobody else: they are refused as if the port were closed.
            udp.Connect(bound);
            return new PortHold(tcp, udp);
        }
        catch
        {
            tcp.Dispose();
            udp?.Dispose();
            throw;
        }
    }

    /// <summary>Two bound sockets that are the caller's from now on.</summary>
    public (Socket Tcp, Socket Udp) Release()
    {
        _udp.Dispose();
        try
        {
            return (_tcp, BindUdp(EndPoint));
        }
        catch
        {
            _tcp.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _tcp.Dispose();
        _udp.Dispose();
    }

    private static Socket BindUdp(IPEndPoint endPoint)
    {
        var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            udp.Bind(endPoint);
            return udp;
        }
        catch
        {
            udp.Dispose();
            throw;
        }
    }
}
