using System.Net;
using System.Net.Sockets;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>When UDP is tried and when TCP takes over.</summary>
public sealed class FallbackKdcTransportTests
{
    private static readonly byte[] s_request = [1, 2, 3, 4, 5];
    private static readonly byte[] s_reply = [9, 8, 7];
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Fallback_SmallRequest_UdpAlone()
    {
        var (udp, tcp) = (new Recorder(s_reply), new Recorder([]));
        Assert.Equal(s_reply, await Fallback(udp, tcp).ExchangeAsync(new KdcAddress("dc1"), s_request, CancellationToken.None));
        Assert.Equal((1, 0), (udp.Count, tcp.Count));
    }

    [Fact]
    public async Task Fallback_RequestOverTheLimit_TcpAlone()
    {
        var (udp, tcp) = (new Recorder([]), new Recorder(s_reply));
        Assert.Equal(s_reply, await Fallback(udp, tcp, limit: 4).ExchangeAsync(new KdcAddress("dc1"), s_request, CancellationToken.None));
        Assert.Equal((0, 1), (udp.Count, tcp.Count));
    }

    [Fact]
    public async Task Fallback_ResponseTooBig_TcpForThisRequestOnly()
    {
        var (udp, tcp) = (new Recorder(new FakeKdc(TimeProvider.System).Error(KerberosErrorCode.KRB_ERR_RESPONSE_TOO_BIG)), new Recorder(s_reply));
        var fallback = Fallback(udp, tcp);
        for (var i = 0; i < 2; i++) Assert.Equal(s_reply, await fallback.ExchangeAsync(new KdcAddress("dc1"), s_request, CancellationToken.None));
        Assert.Equal((2, 2), (udp.Count, tcp.Count));
    }

    [Fact]
    public async Task Fallback_UdpRefused_TcpAndFromThenOnAtOnce()
    {
        var (udp, tcp) = (new Recorder(null), new Recorder(s_reply));
        var fallback = Fallback(udp, tcp);
        for (var i = 0; i < 2; i++) Assert.Equal(s_reply, await fallback.ExchangeAsync(new KdcAddress("dc1"), s_request, CancellationToken.None));
        Assert.Equal((1, 2), (udp.Count, tcp.Count));
    }

    /// <summary>Names out of forged DNS answers, new ones each time, are not remembered without end.</summary>
    [Fact]
    public async Task Fallback_UdpRefusedByHundreds_NoMoreAreRemembered()
    {
        var (udp, tcp) = (new Recorder(null), new Recorder(s_reply));
        var fallback = Fallback(udp, tcp);
        for (var i = 0; i <= 256; i++) await fallback.ExchangeAsync(new KdcAddress($"dc{i}"), s_request, CancellationToken.None);
        Assert.Equal(257, udp.Count);

        await fallback.ExchangeAsync(new KdcAddress("dc255"), s_request, CancellationToken.None);
        Assert.Equal(257, udp.Count);
        await fallback.ExchangeAsync(new KdcAddress("dc256"), s_request, CancellationToken.None);
        Assert.Equal(258, udp.Count);
    }

    [Fact]
    public async Task Fallback_UdpSilent_TcpAfterASecond()
    {
        var time = new ManualTimeProvider();
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var tcp = new Recorder(s_reply);
        var fallback = new FallbackKdcTransport(new UdpKdcTransport(TimeSpan.FromMilliseconds(500), time), tcp, 1465, TimeSpan.FromSeconds(1), time);
        var reply = fallback.ExchangeAsync(new KdcAddress("127.0.0.1", ((IPEndPoint)silent.Client.LocalEndPoint!).Port), s_request, CancellationToken.None).AsTask();
        await silent.ReceiveAsync().WaitAsync(s_deadline);
        await time.WaitForTimersAsync(2);
        time.Advance(TimeSpan.FromMilliseconds(500));
        await silent.ReceiveAsync().WaitAsync(s_deadline);
        Assert.Equal(0, tcp.Count);
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(s_reply, await reply.WaitAsync(s_deadline));
    }

    private static FallbackKdcTransport Fallback(IKdcTransport udp, IKdcTransport tcp, int limit = 1465) =>
        new(udp, tcp, limit, TimeSpan.FromSeconds(1), new ManualTimeProvider());

    private sealed class Recorder(byte[]? reply) : IKdcTransport
    {
        public int Count { get; private set; }

        public ValueTask<byte[]> ExchangeAsync(KdcAddress kdc, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
        {
            Count++;
            return reply is null ? throw new KdcTransportException("refused") : new ValueTask<byte[]>(reply);
        }
    }
}
