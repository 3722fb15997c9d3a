using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Shared;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>Several KDCs on real sockets, the first of no use: the second one serves, and what was wrong is told.</summary>
public sealed class FailOverTests : RealmTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    private readonly List<string> _failures = [];

    public static TheoryData<string, int, string> Answers => new()
    {
        { "00 00 00 03 01 02 03", 0, "answered with something that is no Kerberos reply" },
        { "00 00 00 00", 0, "answered with something that is no Kerberos reply" },
        { "7f ff ff ff 00", 0, "announced an answer over 1 MiB" },
        { "ff ff ff ff 00", 0, "announced an answer over 1 MiB" },
        { "00 0f ff ff 00", 0, "closed the connection" },
        { "", 0, "closed the connection" },
        { "48 54 54 50 2f 31 2e 31", 0, "announced an answer over 1 MiB" }, // "HTTP/1.1"
        { "7f ff ff ff 00", 1465, "announced an answer over 1 MiB" }, // after UDP was refused
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task GetAsync_FirstKdcAnswersNonsense_SecondServes(string octets, int udpLimit, string failure)
    {
        await using var bad = new BadKdc(Convert.FromHexString(octets.Replace(" ", "", StringComparison.Ordinal)));
        var client = Client(udpLimit, bad.Address, RealmKdc);
        Assert.Equal(Alice.Principal, (await GetAsync(Login(client), client).WaitAsync(s_deadline)).Client);
        Assert.Equal([$"{bad.Address} {failure}"], _failures);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1465)]
    public async Task GetAsync_FirstKdcRefuses_SecondServes(int udpLimit)
    {
        using var port = new ClosedPort();
        var closed = AddressOf(port);
        var client = Client(udpLimit, closed, RealmKdc);
        Assert.Equal(Alice.Principal, (await GetAsync(Login(client), client).WaitAsync(s_deadline)).Client);
        Assert.Equal([$"{closed} refused"], _failures);
    }

    [Fact]
    public async Task GetAsync_FirstKdcSilent_SecondServesAfterAShareOfTheTime()
    {
        await using var silent = new BadKdc(null);
        var client = Client(0, silent.Address, RealmKdc);
        var getting = GetAsync(Login(client), client);
        await silent.Asked.WaitAsync(s_deadline);
        Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(Alice.Principal, (await getting.WaitAsync(s_deadline)).Client);
        Assert.Equal([$"{silent.Address} silent"], _failures);
    }

    [Fact]
    public async Task GetAsync_OneRefusesOneIsSilent_KdcUnreachableNamesBoth()
    {
        await using var silent = new BadKdc(null);
        using var port = new ClosedPort();
        var closed = AddressOf(port);
        var client = Client(0, closed, silent.Address);
        var getting = ThrowsAsync(Login(client), client);
        await silent.Asked.WaitAsync(s_deadline);
        Time.Advance(TimeSpan.FromSeconds(10));
        var e = await getting.WaitAsync(s_deadline);
        Assert.Equal(KerberosError.KdcUnreachable, e.Error);
        Assert.StartsWith($"No KDC of TEST.LOCAL answered in 10 s: {closed} refused, {silent.Address} silent. Next: check TCP port ", e.Message, StringComparison.Ordinal);
    }

    /// <summary>DNS may take half of the time; what is left is for the KDCs.</summary>
    [Fact]
    public async Task SendAsync_FindingTheKdcsTookTime_LessIsLeftForThem()
    {
        using var port = new ClosedPort();
        var closed = AddressOf(port);
        var started = Time.GetTimestamp();
        Time.Advance(TimeSpan.FromSeconds(4));
        var late = new KdcConversation("TEST.LOCAL", [closed], new TcpKdcTransport(), TimeSpan.FromSeconds(10), Time, KdcEvents.None, started);
        Assert.Equal(TimeSpan.FromSeconds(4), late.Elapsed);
        Time.Advance(TimeSpan.FromSeconds(6));
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await late.SendAsync(MessageType.AsRep, new byte[1], CancellationToken.None));
        Assert.Contains($"{closed} not asked", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_ReplicaWithoutTheNewKey_PrimaryKdcAsked()
    {
        var (replica, primary) = (new FakeKdc(Time), new FakeKdc(Time));
        var client = WithPrimary(replica, primary);
        using var login = primary.Login(client);
        Assert.Equal(FakeKdc.Alice, (await login.GetGrantingTicketAsync(CancellationToken.None)).Client);
        Assert.Equal((2, 2), (replica.Logins, primary.Logins));
    }

    [Fact]
    public async Task Login_PrimaryRefusesToo_Told()
    {
        var (replica, primary) = (new FakeKdc(Time), new FakeKdc(Time));
        var client = WithPrimary(replica, primary);
        using var login = new PasswordLogin(FakeKdc.Alice, "wrong", client);
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await login.GetGrantingTicketAsync(CancellationToken.None));
        Assert.Equal(KerberosError.PreauthenticationFailed, e.Error);
        Assert.StartsWith("KDC primary.test.local:88 refused the key of ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_PrimaryAway_WhatTheReplicaSaid()
    {
        var (replica, primary) = (new FakeKdc(Time), new FakeKdc(Time) { Intercept = static (_, _) => throw new KdcTransportException("refused") });
        var client = WithPrimary(replica, primary);
        using var login = primary.Login(client);
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await login.GetGrantingTicketAsync(CancellationToken.None));
        Assert.Equal(KerberosError.PreauthenticationFailed, e.Error);
        Assert.StartsWith("KDC replica.test.local:88 refused the key of ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_PrimaryItselfRefuses_AskedOnce()
    {
        var kdc = new FakeKdc(Time);
        var client = WithPrimary(kdc, kdc, replicaName: "primary.test.local");
        using var login = new PasswordLogin(FakeKdc.Alice, "wrong", client);
        await Assert.ThrowsAsync<KerberosException>(async () => await login.GetGrantingTicketAsync(CancellationToken.None));
        Assert.Equal(2, kdc.Logins);
    }

    private KdcAddress RealmKdc => KdcAddress.TryParse(Realm.Kdc.ToString()!, out var address) ? address : throw new InvalidOperationException();

    private KdcClient WithPrimary(FakeKdc replica, FakeKdc primary, string replicaName = "replica.test.local")
    {
        var config = new Krb5Config
        {
            Kdcs = new Dictionary<string, IReadOnlyList<KdcAddress>> { ["TEST.LOCAL"] = [new(replicaName)] },
            PrimaryKdcs = new Dictionary<string, IReadOnlyList<KdcAddress>> { ["TEST.LOCAL"] = [new("primary.test.local")] },
        };
        return new KdcClient(new KdcLocator(config), new TwoKdcs(replica, primary), EncryptionTypeList.Default, TimeSpan.FromSeconds(10), Time);
    }

    private KdcClient Client(int udpLimit, params KdcAddress[] kdcs)
    {
        var events = new KdcEvents { KdcFailed = (kdc, what) => _failures.Add($"{kdc} {what}") };
        return KdcClient.Create(Config with { UdpPreferenceLimit = udpLimit }, "TEST.LOCAL", kdcs, [], TimeSpan.FromSeconds(10), Time, events);
    }

    private static KdcAddress AddressOf(ClosedPort port) => new("127.0.0.1", port.EndPoint.Port);

    private sealed class TwoKdcs(FakeKdc replica, FakeKdc primary) : IKdcTransport
    {
        public ValueTask<byte[]> ExchangeAsync(KdcAddress kdc, ReadOnlyMemory<byte> request, CancellationToken cancellationToken) =>
            (kdc.Host.StartsWith("primary", StringComparison.Ordinal) ? primary : replica).ExchangeAsync(kdc, request, cancellationToken);
    }
}
