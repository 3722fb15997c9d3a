using System.Net.Sockets;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Testing;

public sealed class TestRealmSocketTests : IAsyncLifetime
{
    private TestRealm _realm = null!;

    public async Task InitializeAsync() => _realm = await TestRealm.StartAsync();

    public async Task DisposeAsync() => await _realm.DisposeAsync();

    [Fact]
    public async Task Tcp_TwoRequestsOnAConnection_TwoAnswers()
    {
        using var client = RawKdcClient.Tcp(_realm);

        Assert.Equal("alice", await AskAsync(client, "alice"));
        Assert.Equal("bob", await AskAsync(client, "bob"));
        Assert.Equal(2, _realm.RequestCount);
    }

    [Theory]
    [InlineData(0xFFFFFFFF)]
    [InlineData(0x80000001)]
    [InlineData(65536)]
    public async Task Tcp_LengthBeyondTheLimit_TooLongThenClosedAndServerAlive(uint length)
    {
        using var client = RawKdcClient.Tcp(_realm);

        await client.SendAsync(new[] { (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length });

        Assert.Equal(KerberosErrorCode.KRB_ERR_FIELD_TOOLONG, KrbError.Decode(await client.ReceiveFramedAsync()).Code);
        Assert.Empty(await client.ReceiveAsync());
        await RequireAliveAsync();
    }

    [Fact]
    public async Task Tcp_LengthZero_ClosedAndServerAlive()
    {
        using var client = RawKdcClient.Tcp(_realm);

        await client.SendAsync(new byte[4]);

        Assert.Empty(await client.ReceiveAsync());
        await RequireAliveAsync();
    }

    [Fact]
    public async Task Tcp_OctetByOctet_Answered()
    {
        using var client = RawKdcClient.Tcp(_realm);
        var request = RawKdcClient.Request("alice");
        byte[] message = [0, 0, (byte)(request.Length >> 8), (byte)request.Length, .. request];

        foreach (var octet in message) await client.SendAsync(new[] { octet });

        Assert.Equal("alice", KrbError.Decode(await client.ReceiveFramedAsync()).ClientName!.ToString());
    }

    [Fact]
    public async Task Udp_Garbage_GenericErrorAndServerAlive()
    {
        using var client = RawKdcClient.Udp(_realm);

        await client.SendAsync(new byte[] { 0xDE, 0xAD, 0xBE, 0xEF });

        Assert.Equal(KerberosErrorCode.KRB_ERR_GENERIC, KrbError.Decode(await client.ReceiveAsync()).Code);
        await RequireAliveAsync();
    }

    [Fact]
    public async Task Udp_AnswerTooLong_TooBigAndTcpHasIt()
    {
        var service = _realm.AddService("HTTP/localhost");
        var request = RequestOfSize(service, 3000);
        using var udp = RawKdcClient.Udp(_realm);
        using var tcp = RawKdcClient.Tcp(_realm);

        await udp.SendAsync(request);
        await tcp.SendFramedAsync(request);

        Assert.Equal(KerberosErrorCode.KRB_ERR_RESPONSE_TOO_BIG, KrbError.Decode(await udp.ReceiveAsync()).Code);
        Assert.InRange(KdcRep.Decode(MessageType.TgsRep, await tcp.ReceiveFramedAsync()).Ticket.Encoded.Length, 4096, 8192);
    }

    [Fact]
    public async Task Udp_AnswerShortEnough_Given()
    {
        var service = _realm.AddService("HTTP/localhost");
        using var udp = RawKdcClient.Udp(_realm);

        await udp.SendAsync(RequestOfSize(service, 1000));

        Assert.Equal(service.Principal, KdcRep.Decode(MessageType.TgsRep, await udp.ReceiveAsync()).Ticket.ClaimedService);
    }

    [Fact]
    public async Task Fault_Unreachable_RefusedThenOpenOnTheSamePort()
    {
        var kdc = _realm.Kdc;
        using var open = RawKdcClient.Tcp(_realm);
        Assert.Equal("alice", await AskAsync(open, "alice"));
        using var udp = RawKdcClient.Udp(_realm);

        _realm.Fault = KdcFault.Unreachable;

        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => RawKdcClient.Tcp(_realm)).SocketErrorCode);
        await udp.SendAsync(RawKdcClient.Request("alice"));
        Assert.Equal(SocketError.ConnectionRefused, (await Assert.ThrowsAsync<SocketException>(udp.ReceiveAsync)).SocketErrorCode);
        Assert.Empty(await open.ReceiveAsync());

        _realm.Fault = KdcFault.None;
        Assert.Equal(kdc, _realm.Kdc);
        await RequireAliveAsync();
    }

    [Fact]
    public async Task Fault_UnreachableAgainAndAgain_OpenAtTheEnd()
    {
        for (var i = 0; i < 50; i++)
        {
            _realm.Fault = KdcFault.Unreachable;
            _realm.Fault = KdcFault.None;
        }

        await RequireAliveAsync();
    }

    [Fact]
    public async Task Fault_UnreachableAgainAndAgain_PortIsNobodyElsesAtAnyMoment()
    {
        if (!OperatingSystem.IsLinux()) return;
        var endPoint = System.Net.IPEndPoint.Parse(_realm.Kdc);
        using var end = new CancellationTokenSource();
        var attempts = 0;
        var grabbing = Task.Run(() =>
        {
            var grabbed = 0;
            while (!end.IsCancellationRequested)
            {
                if (IsFreeForUdp(endPoint)) grabbed++;
                Interlocked.Increment(ref attempts);
            }

            return grabbed;
        });

        for (var i = 0; i < 200 || (Volatile.Read(ref attempts) < 200 && !grabbing.IsCompleted); i++)
        {
            _realm.Fault = KdcFault.Unreachable;
            _realm.Fault = KdcFault.None;
        }

        await end.CancelAsync();
        Assert.Equal(0, await grabbing);
        await RequireAliveAsync();
    }

    [Fact]
    public async Task Fault_Silent_CountedAndNeverAnswered()
    {
        using var tcp = RawKdcClient.Tcp(_realm);
        using var udp = RawKdcClient.Udp(_realm);
        _realm.Fault = KdcFault.Silent;

        await tcp.SendFramedAsync(RawKdcClient.Request("first"));
        await udp.SendAsync(RawKdcClient.Request("first"));
        await CountReachesAsync(2);
        _realm.Fault = KdcFault.None;

        // What comes first is the answer to the second request, so the first got none.
        Assert.Equal("second", await AskAsync(tcp, "second"));
        await udp.SendAsync(RawKdcClient.Request("second"));
        Assert.Equal("second", KrbError.Decode(await udp.ReceiveAsync()).ClientName!.ToString());
    }

    [Fact]
    public async Task DisposeAsync_ConnectionsOpen_OverAndFilesGone()
    {
        var realm = await TestRealm.StartAsync();
        using var idle = RawKdcClient.Tcp(realm);
        using var halfway = RawKdcClient.Tcp(realm);
        await halfway.SendAsync(new byte[] { 0, 0, 1 });
        Assert.Equal("alice", await AskAsync(idle, "alice"));

        await realm.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.False(Directory.Exists(realm.Directory));
        Assert.Throws<SocketException>(() => RawKdcClient.Tcp(realm));
        await realm.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => realm.Fault = KdcFault.None);
    }

    [Fact]
    public async Task DisposeAsync_WhileUnreachable_Over()
    {
        var realm = await TestRealm.StartAsync();
        realm.Fault = KdcFault.Unreachable;

        await realm.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.False(Directory.Exists(realm.Directory));
    }

    [Fact]
    public async Task StartAsync_ThirtyRealmsAtOnce_EachAnswersByItself()
    {
        var realms = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => TestRealm.StartAsync()));

        foreach (var realm in realms)
        {
            using var client = RawKdcClient.Tcp(realm);
            Assert.Equal("alice", await AskAsync(client, "alice"));
            Assert.Equal(1, realm.RequestCount);
        }

        Assert.Equal(30, realms.Select(r => r.Kdc).Distinct().Count());
        foreach (var realm in realms) await realm.DisposeAsync();
    }

    private static async Task<string> AskAsync(RawKdcClient client, string name)
    {
        await client.SendFramedAsync(RawKdcClient.Request(name));
        return KrbError.Decode(await client.ReceiveFramedAsync()).ClientName!.ToString();
    }

    private async Task RequireAliveAsync()
    {
        using var tcp = RawKdcClient.Tcp(_realm);
        Assert.Equal("alive", await AskAsync(tcp, "alive"));
        using var udp = RawKdcClient.Udp(_realm);
        await udp.SendAsync(RawKdcClient.Request("alive"));
        Assert.Equal("alive", KrbError.Decode(await udp.ReceiveAsync()).ClientName!.ToString());
    }

    private async Task CountReachesAsync(int count)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (_realm.RequestCount < count)
        {
            Assert.False(deadline.IsCancellationRequested, $"{_realm.RequestCount} requests came in");
            await Task.Yield();
        }
    }

    /// <summary>A TGS-REQ whose ticket carries so many octets of authorization data, which the reply's ticket has too.</summary>
    private byte[] RequestOfSize(TestAccount service, int octets)
    {
        var client = KerberosPrincipal.Parse("alice@TEST.LOCAL");
        var data = AuthorizationData.IfRelevant(new AuthorizationData((AuthorizationDataType)999, new byte[octets]));
        var granting = _realm.IssueTicket(client, KerberosPrincipal.TicketGrantingService("TEST.LOCAL"), t => t.AuthorizationData = [data, data]);
        var now = new KerberosTime(TimeProvider.System.GetUtcNow());
        var body = new KdcReqBody(KdcOptions.None, null, "TEST.LOCAL", service.Principal.Name, now + TimeSpan.FromHours(1), 1, [EncryptionType.Aes256CtsHmacSha1]);
        var apReq = PreparedApReq.PrepareForKdc(granting, now, body.Encode());
        return new KdcReq(MessageType.TgsReq, body, [new PreAuthData(PreAuthType.TgsReq, apReq.Encoded)]).Encode();
    }

    /// <summary>As another process would find it. TCP cannot be asked so: .NET binds it to share the port with whoever does not listen.</summary>
    private static bool IsFreeForUdp(System.Net.IPEndPoint endPoint)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
