using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing;

namespace GrpcKerberos.Protocol.Tests.Testing;

/// <summary>Sends a realm's KDC any octets over either protocol.</summary>
internal sealed class RawKdcClient : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);

    private readonly Socket _socket;

    private RawKdcClient(TestRealm realm, SocketType type)
    {
        _socket = new Socket(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        _socket.Connect(IPEndPoint.Parse(realm.Kdc));
    }

    public static RawKdcClient Tcp(TestRealm realm) => new(realm, SocketType.Stream);

    public static RawKdcClient Udp(TestRealm realm) => new(realm, SocketType.Dgram);

    /// <summary>An AS-REQ without pre-authentication: its KRB-ERROR names the client back.</summary>
    public static byte[] Request(string client) => new KdcReq(MessageType.AsReq, new KdcReqBody(
        KdcOptions.None,
        new PrincipalName(NameType.Principal, [client]),
        "TEST.LOCAL",
        KerberosPrincipal.TicketGrantingService("TEST.LOCAL").Name,
        new KerberosTime(TimeProvider.System.GetUtcNow()) + TimeSpan.FromHours(1),
        1,
        [EncryptionType.Aes256CtsHmacSha1])).Encode();

    public async Task SendAsync(ReadOnlyMemory<byte> octets) => await _socket.SendAsync(octets).AsTask().WaitAsync(s_timeout);

    public Task SendFramedAsync(byte[] request)
    {
        var message = new byte[4 + request.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, request.Length);
        request.CopyTo(message, 4);
        return SendAsync(message);
    }

    /// <summary>One datagram, or what comes next of a stream; empty where the other side closed it.</summary>
    public async Task<byte[]> ReceiveAsync()
    {
        var buffer = new byte[65536];
        var count = await _socket.ReceiveAsync(buffer).WaitAsync(s_timeout);
        return buffer[..count];
    }

    public async Task<byte[]> ReceiveFramedAsync()
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(await ReceiveAsync(4));
        return await ReceiveAsync(length);
    }

    public void Dispose() => _socket.Dispose();

    private async Task<byte[]> ReceiveAsync(int count)
    {
        var buffer = new byte[count];
        for (var read = 0; read < count;)
        {
            var more = await _socket.ReceiveAsync(buffer.AsMemory(read)).AsTask().WaitAsync(s_timeout);
            if (more == 0) throw new EndOfStreamException();
            read += more;
        }

        return buffer;
    }
}
