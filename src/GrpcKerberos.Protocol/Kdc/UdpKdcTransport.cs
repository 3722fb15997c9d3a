using System.Net;
using System.Net.Sockets;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>UDP: one datagram each way (RFC 4120 section 7.2.1), sent once more where no answer comes.</summary>
/// <param name="retransmitAfter">After this the request is taken for lost.</param>
internal sealed class UdpKdcTransport(TimeSpan retransmitAfter, TimeProvider timeProvider) : IKdcTransport
{
    private const int MaxDatagram = 65_535;

    public async ValueTask<byte[]> ExchangeAsync(KdcAddress kdc, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            return await TryAddressesAsync(kdc, request, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw KdcSocketErrors.Describe(e);
        }
    }

    private async ValueTask<byte[]> TryAddressesAsync(KdcAddress kdc, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        SocketException? last = null;
        foreach (var address in await ResolveAsync(kdc.Host, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                return await ExchangeAsync(new IPEndPoint(address, kdc.Port), request, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                last = e;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    private async ValueTask<byte[]> ExchangeAsync(IPEndPoint kdc, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        using var socket = new Socket(kdc.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        // Connected: the kernel hands over what comes from that address and port and nothing else, and reports a closed port.
        await socket.ConnectAsync(kdc, cancellationToken).ConfigureAwait(false);
        var buffer = new byte[MaxDatagram];
        await socket.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var count = await TryReceiveAsync(socket, buffer, cancellationToken).ConfigureAwait(false);
        if (count is null)
        {
            await socket.SendAsync(request, cancellationToken).ConfigureAwait(false);
            count = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        return buffer[..count.Value];
    }

    private async ValueTask<int?> TryReceiveAsync(Socket socket, byte[] buffer, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(retransmitAfter, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await socket.ReceiveAsync(buffer, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        IPAddress.TryParse(host, out var address)
            ? [address]
            : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
}
