using System.Net;
using System.Net.Sockets;
using GrpcKerberos.Testing.Sockets;

namespace GrpcKerberos.Shared;

/// <summary>
/// A port of 127.0.0.1 that refuses TCP and UDP, and that nobody else is given meanwhile, as would happen to one that was closed a moment ago.
/// </summary>
internal sealed class ClosedPort : IDisposable
{
    private const int Attempts = 64;

    private readonly PortHold _hold = Take();

    public IPEndPoint EndPoint => _hold.EndPoint;

    public void Dispose() => _hold.Dispose();

    private static PortHold Take()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return PortHold.Take(new IPEndPoint(IPAddress.Loopback, 0));
            }
            catch (SocketException) when (attempt < Attempts)
            {
                // Given for TCP, and somebody's for UDP.
            }
        }
    }
}
