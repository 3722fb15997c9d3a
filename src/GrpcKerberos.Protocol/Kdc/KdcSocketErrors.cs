using System.Net.Sockets;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Socket errors in the few words a list of KDCs has room for.</summary>
internal static class KdcSocketErrors
{
    public static KdcTransportException Describe(SocketException e) => new(
        e.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => "refused",
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "has no address",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable => "unreachable",
            SocketError.TimedOut => "silent",
            SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => "closed the connection",
            SocketError.MessageSize => "sent an answer too long for UDP",
            _ => $"failed ({e.SocketErrorCode})",
        },
        e);
}
