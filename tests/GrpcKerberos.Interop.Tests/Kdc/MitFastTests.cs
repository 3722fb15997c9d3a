using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Kdc.Fast;
using GrpcKerberos.Tests.Client;

namespace GrpcKerberos.Interop.Tests.Kdc;

/// <summary>Logins at a KDC of MIT's that demands armour (FAST, RFC 6113), kinit's and ours side by side.</summary>
[Collection(MitFastRealm.Collection)]
public sealed class MitFastTests(MitFastRealm realm)
{
    private static readonly KerberosPrincipal s_alice = KerberosPrincipal.Parse($"alice@{MitFastRealm.Name}");
    private static readonly KerberosPrincipal s_service = KerberosPrincipal.Parse($"test/localhost@{MitFastRealm.Name}");

    public static IEnumerable<object[]> Types => EncryptionTypeList.Default.Select(static t => new object[] { t });

    [PeerFact]
    public async Task Kinit_WithoutAndWithArmor_FailsAndPasses()
    {
        Assert.NotEqual(0, (await KinitAsync(realm.NewCache())).ExitCode);
        (await KinitAsync(realm.NewCache(), "-T", "FILE:" + await ArmorAsync())).EnsureSuccess();
    }

    [PeerFact]
    public async Task LoginAsync_WithoutArmor_SaysWhatIsMissing()
    {
        var e = await Assert.ThrowsAsync<KerberosException>(() => GetAsync(Client(new Armory())));
        Assert.Equal(KerberosError.KdcRefused, e.Error);
        Assert.Contains($"takes the key of {s_alice} in armour alone", e.Message, StringComparison.Ordinal);
    }

    /// <summary>The armour's key is of another type than the client's, for all types but one.</summary>
    [PeerTheory]
    [MemberData(nameof(Types))]
    public async Task LoginAsync_ArmorCache_Ticket(EncryptionType type)
    {
        var ticket = await GetAsync(Client(await CacheAsync(), [type]));
        Assert.Equal((s_alice, s_service, type), (ticket.Client, ticket.Service, ticket.SessionKey.Type));
    }

    [PeerTheory]
    [MemberData(nameof(Types))]
    public async Task LoginAsync_HostKeytab_Ticket(EncryptionType type)
    {
        var ticket = await GetAsync(Client(HostKeytab(), [type]));
        Assert.Equal((s_alice, s_service, type), (ticket.Client, ticket.Service, ticket.SessionKey.Type));
    }

    [PeerFact]
    public async Task LoginAsync_Password_Ticket()
    {
        var client = Client(await CacheAsync());
        using var source = new TicketSource(new PasswordLogin(s_alice, "alicepw", client), client, TimeProvider.System);
        Assert.Equal(s_alice, (await source.GetAsync(s_service, CancellationToken.None)).Client);
    }

    [PeerFact]
    public async Task LoginAsync_WrongPassword_RefusedInsideTheArmor()
    {
        using var login = new PasswordLogin(s_alice, "wrong", Client(await CacheAsync()));
        var e = await Assert.ThrowsAsync<KerberosException>(() => login.GetGrantingTicketAsync(CancellationToken.None).AsTask());
        Assert.Equal(KerberosError.PreauthenticationFailed, e.Error);
    }

    /// <summary>The host's own login tells how far off the clock is, so the armour is right from the first.</summary>
    [PeerTheory]
    [InlineData(10)]
    [InlineData(-10)]
    public async Task LoginAsync_HostKeytabAndClocksApart_Ticket(int minutes)
    {
        var time = new ShiftedTime(TimeSpan.FromMinutes(minutes));
        Assert.Equal(s_alice, (await GetAsync(Client(HostKeytab(), time: time), time)).Client);
    }

    [PeerFact]
    public async Task Call_ArmorCredentialCacheOption_AnsweredAsAlice() => await GreetAsync(realm.Krb5Conf, "FILE:" + await ArmorAsync());

    [PeerFact]
    public async Task Call_HostKeytabOfKrb5Conf_AnsweredAsAlice()
    {
        var path = realm.NewCache() + ".conf";
        await File.WriteAllTextAsync(path, $"[libdefaults]\n  default_keytab_name = FILE:{realm.Keytab("host")}\n{await File.ReadAllTextAsync(realm.Krb5Conf)}");
        await GreetAsync(path, armor: null);
    }

    private async Task GreetAsync(string krb5Conf, string? armor)
    {
        await using var host = await GreeterHost.StartAsync(realm.Keytab("test"), realm.Krb5Conf);
        using var interceptor = new KerberosClientInterceptor(new KerberosClientOptions
        {
            Keytab = realm.Keytab("alice"),
            ArmorCredentialCache = armor,
            Krb5Config = krb5Conf,
            ServicePrincipal = "test/{host}",
        });
        Assert.Equal(s_alice.ToString(), (await host.GreetAsync(interceptor)).Principal);
    }

    private async Task<ServiceTicket> GetAsync(KdcClient client, TimeProvider? time = null)
    {
        var keytab = realm.Keytab("alice");
        using var source = new TicketSource(new KeytabLogin(null, _ => new(KeytabLoader.Load(keytab)), keytab, client), client, time ?? TimeProvider.System);
        return await source.GetAsync(s_service, CancellationToken.None);
    }

    private async Task<Armory> CacheAsync()
    {
        var path = await ArmorAsync();
        return new Armory(new CacheLogin(() => new FileLocation(path), TimeProvider.System));
    }

    private Armory HostKeytab() => new(null, () => KeytabLoader.Load(realm.Keytab("host")), realm.Keytab("host"));

    private async Task<string> ArmorAsync()
    {
        var cache = realm.NewCache();
        (await realm.RunAsync("kinit", ["-k", "host/localhost"], cache: cache, keytab: realm.Keytab("host"))).EnsureSuccess();
        return cache;
    }

    private Task<ProcessOutput> KinitAsync(string cache, params string[] options) =>
        realm.RunAsync("kinit", [.. options, "alice"], input: "alicepw\n", cache: cache);

    private KdcClient Client(Armory armory, IReadOnlyList<EncryptionType>? types = null, TimeProvider? time = null) => KdcClient.Create(
        Krb5Config.Empty,
        MitFastRealm.Name,
        [new KdcAddress(realm.Kdc.Address.ToString(), realm.Kdc.Port)],
        types ?? [],
        TimeSpan.FromMinutes(1),
        time ?? TimeProvider.System,
        armory: armory);
}
