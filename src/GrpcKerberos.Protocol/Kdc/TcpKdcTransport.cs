using System.Buffers.Binary;
using System.Net.Sockets;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>TCP: each message behind its length in four octets, big-endian (RFC 4120 section 7.2.2). One connection a request.</summary>
internal sealed class TcpKdcTransport : IKdcTransport
{
    /// <summary>A ticket of very many groups has some 64 KiB; nothing honest comes near this.</summary>
    public const int MaxReplyLength = 1024 * 1024;

    private const int LengthOctets = 4;

    public async ValueTask<byte[]> ExchangeAsync(KdcAddress kdc, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(kdc.Host, kdc.Port, cancellationToken).ConfigureAwait(false);
            var framed = new byte[LengthOctets + request.Length];
            BinaryPrimitives.WriteInt32BigEndian(framed, request.Length);
            request.CopyTo(framed.AsMemory(LengthOctets));
            var stream = client.GetStream();
            await stream.WriteAsync(framed, cancellationToken).ConfigureAwait(false);
            return await ReadReplyAsync(stream, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw KdcSocketErrors.Describe(e);
        }
        catch (IOException e)
        {
            throw e.InnerException is SocketException socket
                ? KdcSocketErrors.Describe(socket)
                : new KdcTransportException("closed the connection", e);
        }
    }

    private static async ValueTask<byte[]> ReadReplyAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var header = new byte[LengthOctets];
        await stream.ReadExactlyAsync(header, cancellationToken).ConfigureAwait(false);
        // The high bit is kept for extensions (RFC 4120 section 7.2.2) that nobody here asked for: with it the length is only huge.
        var length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (length > MaxReplyLength) throw new KdcTransportException("announced an answer over 1 MiB");
        return await ReadBodyAsync(stream, (int)length, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Room is made as octets come, so that an announced length alone costs nothing.</summary>
    private static async ValueTask<byte[]> ReadBodyAsync(NetworkStream stream, int length, CancellationToken cancellationToken)
    {
        const int FirstRoom = 16 * 1024;
        var reply = new byte[Math.Min(length, FirstRoom)];
        var count = 0;
        while (count < length)
        {
            if (count == reply.Length) Array.Resize(ref reply, Math.Min(length, reply.Length * 2));
            var read = await stream.ReadAsync(reply.AsMemory(count), cancellationToken).ConfigureAwait(false);
            if (read == 0) throw new EndOfStreamException();
            count += read;
        }

        return reply;
    }
}
