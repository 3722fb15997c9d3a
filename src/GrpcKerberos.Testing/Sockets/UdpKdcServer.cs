using System.Net;
using System.Net.Sockets;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing.Kdc;

namespace GrpcKerberos.Testing.Sockets;

/// <summary>One request a datagram, one answer a datagram (RFC 4120 section 7.2.1).</summary>
internal sealed class UdpKdcServer(KdcListener listener, Socket socket, CancellationToken end) : IDisposable
{
    /// <summary>Longer answers go by TCP, as the error tells the client.</summary>
    private const int MaxAnswer = 4096;

    private const int MaxDatagram = 65535;

    /// <summary>Serves until the end, and is over once nothing of it runs any more.</summary>
    public async Task RunAsync()
    {
        var buffer = new byte[MaxDatagram];
        while (!end.IsCancellationRequested)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), end).ConfigureAwait(false);
                await AnswerAsync(buffer.AsMemory(0, received.ReceivedBytes), received.RemoteEndPoint).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Either it ends, or a client went away before its answer came: Windows reports that on the next receive.
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task AnswerAsync(ReadOnlyMemory<byte> request, EndPoint client)
    {
        var answer = listener.Answer(request);
        if (answer.Length > MaxAnswer)
            answer = listener.Refuse(new KdcRefusedException(KerberosErrorCode.KRB_ERR_RESPONSE_TOO_BIG, "the answer is too long for UDP"));
        if (answer.Length > 0) await socket.SendToAsync(answer, SocketFlags.None, client, end).ConfigureAwait(false);
    }
}
