using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Interop.Tests.Kdc;

/// <summary>What MIT's own tools make of credential caches and krb5.conf, and we: the same.</summary>
[Collection(MitRealm.Collection)]
public sealed class MitFilesTests(MitRealm realm)
{
    private static readonly KerberosPrincipal s_alice = KerberosPrincipal.Parse($"alice@{MitRealm.Name}");
    private static readonly KerberosPrincipal s_bob = KerberosPrincipal.Parse($"bob@{MitRealm.Name}");
    private static readonly KerberosPrincipal s_service = KerberosPrincipal.Parse($"test/localhost@{MitRealm.Name}");

    [PeerFact]
    public async Task Directory_WrittenByKinit_ReadByUs()
    {
        var folder = realm.NewCache();
        await KinitAsync("alice", $"DIR:{folder}");
        Assert.Equal(s_alice, (await GetAsync($"DIR:{folder}")).Client);

        await KinitAsync("bob", $"DIR:{folder}");

        Assert.Equal(s_bob, (await GetAsync($"DIR:{folder}")).Client); // kinit makes the newest login the primary one
        Assert.Equal(s_alice, (await GetAsync($"DIR:{folder}", s_alice)).Client);
        Assert.Equal(s_alice, (await GetAsync($"DIR::{Path.Combine(folder, "tkt")}")).Client);
        (await ForeignProcess.RunAsync(MitTools.Find("kswitch"), ["-p", "alice"], environment: With("KRB5CCNAME", $"DIR:{folder}"))).EnsureSuccess();
        Assert.Equal(s_alice, (await GetAsync($"DIR:{folder}")).Client);
    }

    [PeerFact]
    public async Task Directory_WrittenByUs_ReadByKlistAndKvno()
    {
        var folder = realm.NewCache();
        var directory = new CredentialCacheDirectory(new FileLocation(folder));
        foreach (var user in (string[])["alice", "bob"])
            directory.Save(CredentialCacheFile.Load(new FileLocation(await realm.KinitAsync(user))));

        var listed = (await realm.RunAsync("klist", ["-c", $"DIR:{folder}"])).EnsureSuccess().StandardOutput;
        var all = (await ForeignProcess.RunAsync(MitTools.Find("klist"), ["-l"], environment: With("KRB5CCNAME", $"DIR:{folder}"))).EnsureSuccess().StandardOutput;

        Assert.Contains($"Default principal: {s_bob}", listed, StringComparison.Ordinal);
        Assert.Contains($"krbtgt/{MitRealm.Name}@{MitRealm.Name}", listed, StringComparison.Ordinal);
        Assert.Contains($"{s_alice}", all, StringComparison.Ordinal);
        Assert.Contains($"{s_bob}", all, StringComparison.Ordinal);
        (await realm.RunAsync("kvno", ["-c", $"DIR:{folder}", "test/localhost"])).EnsureSuccess();
        // kvno put its ticket there: both write the same file.
        Assert.NotNull(CredentialCacheFile.Load(new FileLocation(directory.Primary())).Find(s_service));
    }

    [PeerFact]
    public async Task File_WrittenAnewByKinit_ReadAgain()
    {
        var path = await realm.KinitAsync("alice", "-l", "10m", "-r", "1h");
        using var source = Source($"FILE:{path}", null);
        var first = await source.GetAsync(s_service, CancellationToken.None);

        (await realm.RunAsync("kinit", ["-l", "20m", "-r", "1h", "alice"], "alicepw\n", cache: path)).EnsureSuccess();
        (await realm.RunAsync("kinit", ["-R"], cache: path)).EnsureSuccess();

        var second = await source.GetAsync(KerberosPrincipal.Parse($"et-aes256-cts/localhost@{MitRealm.Name}"), CancellationToken.None);
        Assert.InRange(second.Ends - first.Ends, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(12));
    }

    [PeerFact]
    public async Task IncludeDirectory_SameFilesInTheSameOrderAsMit()
    {
        var folder = Directory.CreateDirectory(realm.NewCache()).FullName;
        var parts = Directory.CreateDirectory(Path.Combine(folder, "conf.d")).FullName;
        var text = await File.ReadAllTextAsync(realm.Krb5Conf);
        await File.WriteAllTextAsync(Path.Combine(parts, "00-not-this.conf~"), "[libdefaults]\ndefault_realm = BACKUP\n");
        await File.WriteAllTextAsync(Path.Combine(parts, ".00.conf"), "[libdefaults]\ndefault_realm = HIDDEN\n");
        await File.WriteAllTextAsync(Path.Combine(parts, "00.rpmsave"), "[libdefaults]\ndefault_realm = LEFTOVER\n");
        await File.WriteAllTextAsync(Path.Combine(parts, "10-realm_A"), text);
        await File.WriteAllTextAsync(Path.Combine(parts, "20.later.conf"), "[libdefaults]\ndefault_realm = LATER\n");
        var path = Path.Combine(folder, "krb5.conf");
        await File.WriteAllTextAsync(path, $"includedir {parts}\n[libdefaults]\ndefault_realm = LAST\n");
        var cache = realm.NewCache();

        // "alice" alone: MIT's default realm must be the one of 10-realm_A.
        (await ForeignProcess.RunAsync(MitTools.Find("kinit"), ["-c", cache, "alice"], "alicepw\n", With("KRB5_CONFIG", path))).EnsureSuccess();

        var config = Krb5Config.Load(null, name => name == "KRB5_CONFIG" ? path : null);
        Assert.Equal(MitRealm.Name, config.DefaultRealm);
        Assert.Equal([path, Path.Combine(parts, "10-realm_A"), Path.Combine(parts, "20.later.conf")], config.Files);
        var client = KdcClient.Create(config, null, [], [], TimeSpan.FromMinutes(1), TimeProvider.System);
        using var source = new TicketSource(new CacheLogin(() => new FileLocation(cache), TimeProvider.System), client, TimeProvider.System);
        Assert.Equal(s_alice, (await source.GetAsync(s_service, CancellationToken.None)).Client);
    }

    [PeerTheory]
    [InlineData("[realms]\n", true)]
    [InlineData("[realms]*\n", false)]
    public async Task FinalSection_LaterFileHasASayWhereMitSaysSo(string first, bool isHeard)
    {
        var path = realm.NewCache() + ".conf";
        await File.WriteAllTextAsync(path, first + "OTHER = {\nkdc = 127.0.0.1:1\n}\n");
        var list = $"{path}:{realm.Krb5Conf}";

        var kinit = await ForeignProcess.RunAsync(
            MitTools.Find("kinit"), ["-c", realm.NewCache(), "alice"], "alicepw\n", With("KRB5_CONFIG", list));

        Assert.Equal(isHeard, kinit.ExitCode == 0);
        Assert.Equal(isHeard, Krb5Config.Load(null, name => name == "KRB5_CONFIG" ? list : null).KdcsOf(MitRealm.Name).Count > 0);
    }

    [PeerFact]
    public async Task TermsOfKrb5Conf_SameTicketAsKinit()
    {
        var config = Krb5Config.Load(realm.Krb5Conf, static _ => null);
        var byKinit = CredentialCacheFile.Load(new FileLocation(await realm.KinitAsync("alice"))).FindTicketGrantingTicket()!;

        var client = KdcClient.Create(config, null, [], [], TimeSpan.FromMinutes(1), TimeProvider.System);
        using var login = new PasswordLogin(s_alice, "alicepw", client);
        var ours = await login.GetGrantingTicketAsync(CancellationToken.None);

        const TicketFlags Asked = TicketFlags.Forwardable | TicketFlags.Renewable;
        Assert.Equal(Asked, byKinit.Flags & Asked);
        Assert.Equal(Asked, ours.Flags & Asked);
        AssertAbout(TimeSpan.FromHours(1), ours.Ends - ours.AuthTime);
        AssertAbout(TimeSpan.FromDays(1), ours.RenewTill!.Value - ours.AuthTime);
        AssertAbout(byKinit.Ends - byKinit.AuthTime, ours.Ends - ours.AuthTime);
    }

    /// <summary>The request and the answer may fall into two seconds.</summary>
    private static void AssertAbout(TimeSpan expected, TimeSpan actual) => Assert.InRange(actual, expected - TimeSpan.FromSeconds(2), expected + TimeSpan.FromSeconds(2));

    private Dictionary<string, string> With(string name, string value) => new(realm.Environment()) { [name] = value };

    /// <summary>By the variable: with -c kinit writes over the primary cache, whoever it is of.</summary>
    private async Task KinitAsync(string user, string cache) =>
        (await ForeignProcess.RunAsync(MitTools.Find("kinit"), [user], user + "pw\n", With("KRB5CCNAME", cache))).EnsureSuccess();

    private async Task<ServiceTicket> GetAsync(string cache, KerberosPrincipal? wanted = null)
    {
        using var source = Source(cache, wanted);
        return await source.GetAsync(s_service, CancellationToken.None);
    }

    private TicketSource Source(string cache, KerberosPrincipal? wanted)
    {
        var config = Krb5Config.Load(realm.Krb5Conf, static _ => null);
        var client = KdcClient.Create(config, null, [], [], TimeSpan.FromMinutes(1), TimeProvider.System);
        var chooser = new CredentialCacheChooser(() => wanted);
        var login = new CacheLogin(
            () => CredentialCacheLocation.Resolve(null, config, name => name == "KRB5CCNAME" ? cache : null, choose: chooser.Choose), TimeProvider.System);
        return new TicketSource(login, client, TimeProvider.System);
    }
}
