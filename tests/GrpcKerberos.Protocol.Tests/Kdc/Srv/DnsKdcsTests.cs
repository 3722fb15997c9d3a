using System.Net;
using System.Net.Sockets;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Kdc.Srv;
using GrpcKerberos.Shared;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc.Srv;

/// <summary>KDCs by DNS from a name server on loopback, and what is told where there are none.</summary>
public sealed class DnsKdcsTests
{
    private const string Realm = "CORP.EXAMPLE";
    private const string Tcp = "_kerberos._tcp.corp.example";
    private const string Udp = "_kerberos._udp.corp.example";

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task FindAsync_TcpAndUdpRecords_ByPriorityEachOnce()
    {
        await using var dns = Server((name, answer) => name == Tcp
            ? answer.Srv("dc2.corp.example", priority: 20).Srv("dc1.corp.example", priority: 10)
            : answer.Srv("dc1.corp.example").Srv("dc3.corp.example", 1088));
        Assert.Equal(["dc1.corp.example:88", "dc2.corp.example:88", "dc3.corp.example:1088"], await FindAsync(dns));
        Assert.Equal([Tcp, Udp], dns.Asked.Order());
    }

    [Fact]
    public async Task FindAsync_TruncatedByUdp_WholeByTcp()
    {
        await using var dns = new FakeNameServer((query, byTcp) =>
        {
            var isTcpName = FakeNameServer.NameOf(query) == Tcp;
            if (!byTcp) return new DnsBytes { Flags = isTcpName ? 0x8380 : 0x8183 }.Record(33, [0, 0]).To(query, isTcpName ? null : 0);
            var whole = new DnsBytes();
            for (var i = 0; i < 100; i++) whole.Srv($"dc{i}.a-rather-long-domain.corp.example", priority: i);
            return Framed(whole.To(query));
        });
        Assert.Equal("dc0.a-rather-long-domain.corp.example:88", (await FindAsync(dns))[0]);
        Assert.Contains("tcp " + Tcp, dns.Asked);
    }

    [Fact]
    public async Task FindAsync_Hundreds_TheFirstEight()
    {
        await using var dns = Server((_, answer) =>
        {
            for (var i = 0; i < 300; i++) answer.Srv($"dc{i}.corp.example", priority: i);
            return answer;
        });
        Assert.Equal(Enumerable.Range(0, 8).Select(static i => $"dc{i}.corp.example:88"), await FindAsync(dns));
    }

    [Fact]
    public async Task FindAsync_TargetsThatAreNoHosts_PassedOver()
    {
        await using var dns = Server((_, answer) => answer
            .Srv(".").Srv("dc.corp.example", port: 0).Srv("dc\u0001.corp.example").Srv("a b.corp.example").Srv("dc1.corp.example", priority: 9));
        Assert.Equal(["dc1.corp.example:88"], await FindAsync(dns));
    }

    [Fact]
    public async Task FindAsync_ForgedAnswersBeforeTheTrueOne_TheTrueOne()
    {
        using var forger = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var asking = Resolver(AddressOf(silent)).LookUpAsync(SrvQuery.Of(Tcp)!, CancellationToken.None).AsTask();
        var received = await silent.ReceiveAsync().WaitAsync(s_deadline);
        await forger.SendAsync(new DnsBytes().Srv("evil1").To(received.Buffer), received.RemoteEndPoint); // from another port
        var guessed = new DnsBytes().Srv("evil2").To(received.Buffer);
        guessed[0] ^= 0x55;
        await silent.SendAsync(guessed, received.RemoteEndPoint);
        await silent.SendAsync(new byte[] { 1, 2, 3 }, received.RemoteEndPoint);
        await silent.SendAsync(received.Buffer, received.RemoteEndPoint); // the question itself
        await silent.SendAsync(new DnsBytes().Srv("dc1.corp.example").To(received.Buffer), received.RemoteEndPoint);
        Assert.Equal(["dc1.corp.example"], (await asking.WaitAsync(s_deadline)).Records.Select(static r => r.Target));
    }

    [Fact]
    public async Task FindAsync_NoSuchName_KdcUnreachableSaysSoAndKeepsItForAMinute()
    {
        await using var dns = new FakeNameServer(static (query, _) => new DnsBytes { Flags = 0x8183 }.To(query));
        var locator = Locator(dns.Address);
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await locator.FindAsync(Realm, CancellationToken.None));
        Assert.Equal(KerberosError.KdcUnreachable, e.Error);
        Assert.Equal(
            "No KDC is known for CORP.EXAMPLE: /etc/krb5.conf names none and DNS has no _kerberos._tcp.CORP.EXAMPLE. "
            + "Next: add it to [realms], or set KerberosClientOptions.Kdcs.",
            e.Message);
        _time.Advance(TimeSpan.FromSeconds(59));
        await Assert.ThrowsAsync<KerberosException>(async () => await locator.FindAsync(Realm, CancellationToken.None));
        Assert.Equal(2, dns.Asked.Count);
        _time.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<KerberosException>(async () => await locator.FindAsync(Realm, CancellationToken.None));
        Assert.Equal(4, dns.Asked.Count);
    }

    [Theory]
    [InlineData(600u, 600)]
    [InlineData(0u, 5)]
    [InlineData(0x7fff_ffffu, 3600)]
    public async Task FindAsync_Again_AskedAnewWhenItsTimeIsOver(uint ttl, int seconds)
    {
        await using var dns = Server((_, answer) => answer.Srv("dc1.corp.example", ttl: ttl));
        var locator = Locator(dns.Address);
        await locator.FindAsync(Realm, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(seconds - 1));
        await locator.FindAsync(Realm, CancellationToken.None);
        Assert.Equal(2, dns.Asked.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        await locator.FindAsync(Realm, CancellationToken.None);
        Assert.Equal(4, dns.Asked.Count);
    }

    /// <summary>Whoever has logins sent from realm to realm chooses names: those whose time is over must not keep others from being kept.</summary>
    [Fact]
    public async Task LookUpAsync_AfterHundredsOfNames_StillKeepsWhatItIsTold()
    {
        await using var dns = Server(static (_, answer) => answer.Srv("dc1.corp.example"));
        var resolver = Resolver(dns.Address);
        for (var i = 0; i < 300; i++) await resolver.LookUpAsync(SrvQuery.Of($"_kerberos._tcp.r{i}.example")!, CancellationToken.None);
        _time.Advance(TimeSpan.FromHours(1));

        await resolver.LookUpAsync(SrvQuery.Of(Tcp)!, CancellationToken.None);
        await resolver.LookUpAsync(SrvQuery.Of(Tcp)!, CancellationToken.None);

        Assert.Single(dns.Asked, Tcp);
    }

    [Fact]
    public async Task FindAsync_SilentRefusingAndFailingServers_TheNextOneIsAsked()
    {
        await using var dead = new FakeNameServer(static (_, _) => null);
        await using var failing = new FakeNameServer(static (query, _) => new DnsBytes { Flags = 0x8182 }.To(query));
        await using var garbled = new FakeNameServer(static (query, _) => new DnsBytes().Srv("dc1").To(query, 7));
        await using var alive = new FakeNameServer(static (query, _) => new DnsBytes().Srv("dc1.corp.example").To(query));
        using var closed = new ClosedPort();
        var finding = Locator(closed.EndPoint, failing.Address, garbled.Address, dead.Address, alive.Address).FindAsync(Realm, CancellationToken.None).AsTask();
        await PassOverAsync(dead, 2, TimeSpan.FromSeconds(5.0 / (2 * 5)));
        Assert.Equal([new KdcAddress("dc1.corp.example")], await finding.WaitAsync(s_deadline));
    }

    [Fact]
    public async Task FindAsync_NoServerAnswers_KdcUnreachableNamesEach()
    {
        await using var dead = new FakeNameServer(static (_, _) => null);
        await using var failing = new FakeNameServer(static (query, _) => new DnsBytes { Flags = 0x8182 }.To(query));
        await using var garbled = new FakeNameServer(static (query, _) => new DnsBytes().Srv("dc1").To(query, 7));
        using var port = new ClosedPort();
        var closed = port.EndPoint;
        var finding = Locator(dead.Address, failing.Address, garbled.Address, closed).FindAsync(Realm, CancellationToken.None).AsTask();
        await PassOverAsync(dead, 2, TimeSpan.FromSeconds(5.0 / (2 * 4)));
        await PassOverAsync(dead, 4, TimeSpan.FromSeconds(5.0 / (2 * 4)));
        var e = await Assert.ThrowsAsync<KerberosException>(() => finding.WaitAsync(s_deadline));
        Assert.Equal(KerberosError.KdcUnreachable, e.Error);
        Assert.Equal(
            $"No KDC is known for CORP.EXAMPLE: /etc/krb5.conf names none and no name server told of _kerberos._tcp.CORP.EXAMPLE: {dead.Address} silent, "
            + $"{failing.Address} answered error 2, {garbled.Address} answered with something that is no DNS reply, {closed} refused. "
            + "Next: add it to [realms], or set KerberosClientOptions.Kdcs.",
            e.Message);
    }

    [Theory]
    [InlineData("")] // hangs up
    [InlineData("ff ff 00")] // an enormous answer that never comes
    [InlineData("00 02 01 02")] // an answer to nothing
    public async Task FindAsync_TruncatedAndTcpOfNoUse_NextServer(string octets)
    {
        await using var first = new FakeNameServer((query, byTcp) =>
            byTcp ? Convert.FromHexString(octets.Replace(" ", "", StringComparison.Ordinal)) : new DnsBytes { Flags = 0x8380 }.To(query));
        await using var second = new FakeNameServer(static (query, _) => new DnsBytes().Srv("dc1.corp.example").To(query));
        Assert.Equal([new KdcAddress("dc1.corp.example")], await Locator(first.Address, second.Address).FindAsync(Realm, CancellationToken.None));
    }

    [Fact]
    public async Task FindAsync_Cancelled_Cancelled()
    {
        await using var dead = new FakeNameServer(static (_, _) => null);
        using var cancelling = new CancellationTokenSource();
        var finding = Locator(dead.Address).FindAsync(Realm, cancelling.Token).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => finding);
    }

    [Fact]
    public async Task FindAsync_KdcsWritten_DnsNotAsked()
    {
        await using var dns = Server(static (_, answer) => answer.Srv("dc1.corp.example"));
        var config = new Krb5Config { Kdcs = new Dictionary<string, IReadOnlyList<KdcAddress>> { [Realm] = [new("a")] } };
        var kdcs = new DnsKdcs(Resolver(dns.Address));
        Assert.Equal([new KdcAddress("a")], await new KdcLocator(config, null, null, kdcs).FindAsync(Realm, CancellationToken.None));
        Assert.Equal([new KdcAddress("b")], await new KdcLocator(Krb5Config.Empty, Realm, [new("b")], kdcs).FindAsync(Realm, CancellationToken.None));
        Assert.Empty(dns.Asked);
        Assert.Equal([new KdcAddress("dc1.corp.example")], await new KdcLocator(config, Realm, [new("b")], kdcs).FindAsync("Corp.Example.net", CancellationToken.None));
    }

    [Fact]
    public async Task FindAsync_RealmThatIsNoNameOfDns_NotAsked()
    {
        await using var dns = Server(static (_, answer) => answer.Srv("dc1.corp.example"));
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await Locator(dns.Address).FindAsync("X500:/C=DE", CancellationToken.None));
        Assert.Equal(KerberosError.KdcUnreachable, e.Error);
        Assert.Empty(dns.Asked);
    }

    [Fact]
    public async Task FindAsync_DnsOff_KdcUnreachableSaysSo()
    {
        var locator = new KdcLocator(new Krb5Config { DnsLookupKdc = false });
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await locator.FindAsync(Realm, CancellationToken.None));
        Assert.Equal(
            "No KDC is known for CORP.EXAMPLE: no krb5.conf was found (that of KRB5_CONFIG, else the system's), and dns_lookup_kdc is off. Next: add it to [realms], or set KerberosClientOptions.Kdcs.",
            e.Message);
    }

    private static FakeNameServer Server(Func<string, DnsBytes, DnsBytes> answer) =>
        new((query, _) => answer(FakeNameServer.NameOf(query), new DnsBytes()).To(query));

    private static byte[] Framed(byte[] message) => [(byte)(message.Length >> 8), (byte)message.Length, .. message];

    private static IPEndPoint AddressOf(UdpClient server) => (IPEndPoint)server.Client.LocalEndPoint!;

    private SrvResolver Resolver(params IReadOnlyList<IPEndPoint> servers) => new(() => servers, TimeSpan.FromSeconds(5), _time);

    private KdcLocator Locator(params IReadOnlyList<IPEndPoint> servers) =>
        new(new Krb5Config { Files = ["/etc/krb5.conf"] }, null, null, new DnsKdcs(Resolver(servers)));

    private async Task<string[]> FindAsync(FakeNameServer dns) =>
        [.. (await Locator(dns.Address).FindAsync(Realm, CancellationToken.None).AsTask().WaitAsync(s_deadline)).Select(static k => k.ToString())];

    /// <summary>The server has both questions, so both lookups wait for it: its share of the time passes.</summary>
    private async Task PassOverAsync(FakeNameServer silent, int asked, TimeSpan share)
    {
        await silent.WaitForQueriesAsync(asked).WaitAsync(s_deadline);
        _time.Advance(share);
    }
}
