using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Shared;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>Real sockets on loopback; the KDC at the other end is a script.</summary>
public sealed class KdcTransportTests
{
    private static readonly byte[] s_request = [1, 2, 3, 4, 5];
    private static readonly byte[] s_reply = [9, 8, 7];
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Tcp_ReplyInPieces_WholeAndFramed()
    {
        byte[]? received = null;
        var reply = await TcpAsync(async stream =>
        {
            received = await ReadFramedAsync(stream);
            foreach (var octet in Framed(s_reply)) await stream.WriteAsync(new[] { octet });
        });
        Assert.Equal(s_reply, reply);
        Assert.Equal(s_request, received);
    }

    [Fact]
    public async Task Tcp_ReplyOf1MiB_Whole()
    {
        var large = new byte[TcpKdcTransport.MaxReplyLength];
        large[^1] = 42;
        Assert.Equal(large, await TcpAsync(async stream =>
        {
            await ReadFramedAsync(stream);
            await stream.WriteAsync(Framed(large));
        }));
    }

    [Theory]
    [InlineData(0x0010_0001u)]
    [InlineData(0x7fff_ffffu)]
    [InlineData(0x8000_0003u)]
    [InlineData(0xffff_ffffu)]
    public async Task Tcp_LengthOver1MiBOrWithTheHighBit_Refused(uint length)
    {
        var e = await Assert.ThrowsAsync<KdcTransportException>(() => TcpAsync(async stream =>
        {
            await ReadFramedAsync(stream);
            var header = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(header, length);
            await stream.WriteAsync(header);
        }));
        Assert.Equal("announced an answer over 1 MiB", e.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task Tcp_ClosedWithinTheReply_Told(int octets)
    {
        var e = await Assert.ThrowsAsync<KdcTransportException>(() => TcpAsync(async stream =>
        {
            await ReadFramedAsync(stream);
            await stream.WriteAsync(Framed(s_reply).AsMemory(0, octets));
        }));
        Assert.Equal("closed the connection", e.Message);
    }

    [Fact]
    public async Task Tcp_PortClosed_Refused()
    {
        using var closed = new ClosedPort();
        var e = await Assert.ThrowsAsync<KdcTransportException>(async () => await new TcpKdcTransport().ExchangeAsync(AddressOf(closed.EndPoint), s_request, CancellationToken.None));
        Assert.Equal("refused", e.Message);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("localhost")]
    public async Task Tcp_LiteralsAndNames_Reached(string host)
    {
        if (host == "::1" && !Socket.OSSupportsIPv6) return;
        var address = host == "::1" ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        Assert.Equal(s_reply, await TcpAsync(async stream =>
        {
            await ReadFramedAsync(stream);
            await stream.WriteAsync(Framed(s_reply));
        }, address, host));
    }

    [Fact]
    public async Task Udp_Answered_ReplyOfOneDatagram()
    {
        using var server = UdpServer();
        var reply = Udp(TimeProvider.System).ExchangeAsync(AddressOf(server), s_request, CancellationToken.None).AsTask();
        var received = await server.ReceiveAsync().WaitAsync(s_deadline);
        await server.SendAsync(s_reply, received.RemoteEndPoint);
        Assert.Equal(s_reply, await reply.WaitAsync(s_deadline));
        Assert.Equal(s_request, received.Buffer);
    }

    [Fact]
    public async Task Udp_FirstDatagramLost_SentAgainOnce()
    {
        var time = new ManualTimeProvider();
        using var server = UdpServer();
        var reply = Udp(time).ExchangeAsync(AddressOf(server), s_request, CancellationToken.None).AsTask();
        await server.ReceiveAsync().WaitAsync(s_deadline);
        await time.WaitForTimersAsync(1);
        time.Advance(TimeSpan.FromMilliseconds(500));
        var second = await server.ReceiveAsync().WaitAsync(s_deadline);
        Assert.Equal(s_request, second.Buffer);
        await server.SendAsync(s_reply, second.RemoteEndPoint);
        Assert.Equal(s_reply, await reply.WaitAsync(s_deadline));
    }

    [Fact]
    public async Task Udp_DatagramFromAnotherPort_NotTaken()
    {
        using var server = UdpServer();
        using var stranger = UdpServer();
        var reply = Udp(TimeProvider.System).ExchangeAsync(AddressOf(server), s_request, CancellationToken.None).AsTask();
        var received = await server.ReceiveAsync().WaitAsync(s_deadline);
        await stranger.SendAsync(new byte[] { 6, 6, 6 }, received.RemoteEndPoint);
        await server.SendAsync(s_reply, received.RemoteEndPoint);
        Assert.Equal(s_reply, await reply.WaitAsync(s_deadline));
    }

    [Fact]
    public async Task Udp_PortClosed_Refused()
    {
        using var closed = new ClosedPort();
        var e = await Assert.ThrowsAsync<KdcTransportException>(async () => await Udp(TimeProvider.System).ExchangeAsync(AddressOf(closed.EndPoint), s_request, CancellationToken.None));
        Assert.Equal("refused", e.Message);
    }

    private static UdpKdcTransport Udp(TimeProvider time) => new(TimeSpan.FromMilliseconds(500), time);

    private static UdpClient UdpServer() => new(new IPEndPoint(IPAddress.Loopback, 0));

    private static KdcAddress AddressOf(UdpClient server) => AddressOf((IPEndPoint)server.Client.LocalEndPoint!);

    private static KdcAddress AddressOf(IPEndPoint endPoint) => new("127.0.0.1", endPoint.Port);

    private static async Task<byte[]> TcpAsync(Func<NetworkStream, Task> serve, IPAddress? address = null, string host = "127.0.0.1")
    {
        using var listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        listener.Start();
        var server = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await serve(client.GetStream());
        });
        var kdc = new KdcAddress(host, ((IPEndPoint)listener.LocalEndpoint).Port);
        try
        {
            return await new TcpKdcTransport().ExchangeAsync(kdc, s_request, CancellationToken.None).AsTask().WaitAsync(s_deadline);
        }
        finally
        {
            await server.WaitAsync(s_deadline);
        }
    }

    private static byte[] Framed(byte[] message)
    {
        var framed = new byte[4 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed, message.Length);
        message.CopyTo(framed, 4);
        return framed;
    }

    private static async Task<byte[]> ReadFramedAsync(NetworkStream stream)
    {
        var header = new byte[4];
        await stream.ReadExactlyAsync(header);
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(header)];
        await stream.ReadExactlyAsync(message);
        return message;
    }
}
