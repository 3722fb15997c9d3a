using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Tests.Client;

namespace GrpcKerberos.Interop.Tests.Kdc;

/// <summary>Our KDC client against MIT's krb5kdc: logins by keytab, password and kinit, over UDP and TCP, and its refusals.</summary>
[Collection(MitRealm.Collection)]
public sealed class MitKdcTests(MitRealm realm)
{
    private static readonly KerberosPrincipal s_alice = KerberosPrincipal.Parse($"alice@{MitRealm.Name}");
    private static readonly KerberosPrincipal s_service = KerberosPrincipal.Parse($"test/localhost@{MitRealm.Name}");

    /// <summary>udp_preference_limit: everything by UDP, everything by TCP.</summary>
    private static readonly int[] s_limits = [65_000, 0];

    public static IEnumerable<object[]> Ways =>
        from type in EncryptionTypeList.Default
        from limit in s_limits
        from byPassword in new[] { false, true }
        select new object[] { type, limit, byPassword };

    [PeerTheory]
    [MemberData(nameof(Ways))]
    public async Task GetAsync_EachTypeTransportAndLogin_Ticket(EncryptionType type, int udpLimit, bool byPassword)
    {
        var client = Client([type], udpLimit);
        KeyLogin login = byPassword ? new PasswordLogin(s_alice, "alicepw", client) : KeytabLogin(client, "alice");
        var ticket = await GetAsync(login, client, s_service);
        Assert.Equal((s_alice, s_service, type), (ticket.Client, ticket.Service, ticket.SessionKey.Type));
    }

    [PeerFact]
    public async Task GetAsync_AfterKinit_TicketByItsCache()
    {
        var path = await realm.KinitAsync("alice");
        var client = Client();
        var ticket = await GetAsync(new CacheLogin(() => new FileLocation(path), TimeProvider.System), client, s_service);
        Assert.Equal(s_alice, ticket.Client);
    }

    [PeerFact]
    public async Task GetAsync_AfterKvno_TheTicketInTheCache()
    {
        var path = await realm.KinitAsync("alice");
        (await realm.RunAsync("kvno", ["test/localhost"], cache: path)).EnsureSuccess();
        var standing = CredentialCacheFile.Load(new FileLocation(path)).Find(s_service);
        var client = Client();
        var ticket = await GetAsync(new CacheLogin(() => new FileLocation(path), TimeProvider.System), client, s_service);
        Assert.True(standing!.Ticket.Encoded.Span.SequenceEqual(ticket.Ticket.Encoded.Span));
    }

    [PeerTheory]
    [InlineData(10)]
    [InlineData(-10)]
    [InlineData(20)]
    [InlineData(-20)]
    public async Task GetAsync_ClocksApart_CorrectedOnce(int minutes)
    {
        var time = new ShiftedTime(TimeSpan.FromMinutes(minutes));
        var corrections = 0;
        var client = Client(time: time, events: new KdcEvents { ClockCorrected = (_, _) => corrections++ });
        Assert.Equal(s_service, (await GetAsync(KeytabLogin(client, "alice"), client, s_service)).Service);
        Assert.Equal(1, corrections);
    }

    /// <summary>The flag says that the reply vouches for the request, so the KDC's checksum of it was there and was good.</summary>
    [PeerFact]
    public async Task LoginAsync_KdcVouchesForTheRequest_Verified()
    {
        using var login = KeytabLogin(Client(), "alice");
        var ticket = await login.GetGrantingTicketAsync(CancellationToken.None);
        Assert.True(ticket.Flags.HasFlag(TicketFlags.EncPaRep));
    }

    [PeerFact]
    public async Task GetAsync_WrongPassword_PreauthenticationFailed()
    {
        var client = Client();
        var e = await ThrowsAsync(new PasswordLogin(s_alice, "wrong", client), client, s_service);
        Assert.Equal(KerberosError.PreauthenticationFailed, e.Error);
    }

    [PeerFact]
    public async Task GetAsync_UnknownClient_ClientUnknown()
    {
        var client = Client();
        var nobody = KerberosPrincipal.Parse($"nobody@{MitRealm.Name}");
        var e = await ThrowsAsync(new PasswordLogin(nobody, "wrong", client), client, s_service);
        Assert.Equal(KerberosError.ClientUnknown, e.Error);
    }

    [PeerFact]
    public async Task GetAsync_UnknownService_ServiceUnknown()
    {
        var client = Client();
        var e = await ThrowsAsync(KeytabLogin(client, "alice"), client, KerberosPrincipal.Parse($"HTTP/nowhere@{MitRealm.Name}"));
        Assert.Equal(KerberosError.ServiceUnknown, e.Error);
    }

    private static async Task<ServiceTicket> GetAsync(ILogin login, KdcClient client, KerberosPrincipal service)
    {
        using var source = new TicketSource(login, client, TimeProvider.System);
        return await source.GetAsync(service, CancellationToken.None);
    }

    private static Task<KerberosException> ThrowsAsync(ILogin login, KdcClient client, KerberosPrincipal service) =>
        Assert.ThrowsAsync<KerberosException>(() => GetAsync(login, client, service));

    private KeytabLogin KeytabLogin(KdcClient client, string name) =>
        new(null, _ => new(KeytabLoader.Load(realm.Keytab(name))), realm.Keytab(name), client);

    private KdcClient Client(
        IReadOnlyList<EncryptionType>? types = null, int udpLimit = 1465, TimeProvider? time = null, KdcEvents? events = null) => KdcClient.Create(
        Krb5Config.Empty with { UdpPreferenceLimit = udpLimit },
        MitRealm.Name,
        [new KdcAddress(realm.Kdc.Address.ToString(), realm.Kdc.Port)],
        types ?? [],
        TimeSpan.FromMinutes(1),
        time ?? TimeProvider.System,
        events);
}
