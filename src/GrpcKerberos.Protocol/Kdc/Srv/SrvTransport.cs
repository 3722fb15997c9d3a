using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace GrpcKerberos.Protocol.Kdc.Srv;

/// <summary>One question to one name server: by UDP, and by TCP where the answer does not fit (RFC 1035 section 4.2).</summary>
internal static class SrvTransport
{
    private const int MaxMessage = 65_535;

    /// <exception cref="SocketException">It could not be asked, or hung up.</exception>
    /// <exception cref="DnsFormatException">Its answer cannot be read.</exception>
    public static async ValueTask<SrvReply> AskAsync(IPEndPoint server, SrvQuery query, CancellationToken cancellationToken)
    {
        var reply = await AskByUdpAsync(server, query, cancellationToken).ConfigureAwait(false);
        return reply.IsTruncated ? await AskByTcpAsync(server, query, cancellationToken).ConfigureAwait(false) : reply;
    }

    private static async ValueTask<SrvReply> AskByUdpAsync(IPEndPoint server, SrvQuery query, CancellationToken cancellationToken)
    {
        // A socket of its own for each question: a new port, which a forger has to guess. Connected: see UdpKdcTransport.
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        await socket.SendAsync(query.Encoded, cancellationToken).ConfigureAwait(false);
        var buffer = new byte[MaxMessage];
        while (true)
        {
            var count = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            // A forged answer must not keep the true one from being heard.
            if (SrvReply.Decode(buffer.AsSpan(0, count), query) is { } reply) return reply;
        }
    }

    private static async ValueTask<SrvReply> AskByTcpAsync(IPEndPoint server, SrvQuery query, CancellationToken cancellationToken)
    {
        using var client = new TcpClient(server.AddressFamily) { NoDelay = true };
        await client.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        var stream = client.GetStream();
        var framed = new byte[sizeof(ushort) + query.Encoded.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Encoded.Length);
        query.Encoded.CopyTo(framed, sizeof(ushort));
        try
        {
            await stream.WriteAsync(framed, cancellationToken).ConfigureAwait(false);
            var length = new byte[sizeof(ushort)];
            await stream.ReadExactlyAsync(length, cancellationToken).ConfigureAwait(false);
            var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(message, cancellationToken).ConfigureAwait(false);
            var reply = SrvReply.Decode(message, query);
            return reply is { IsTruncated: false } ? reply : throw new DnsFormatException("it answers something else");
        }
        catch (IOException e)
        {
            throw e.InnerException as SocketException ?? new SocketException((int)SocketError.ConnectionReset);
        }
    }
}
