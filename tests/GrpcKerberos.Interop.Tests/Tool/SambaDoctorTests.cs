using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Tool;

/// <summary>The doctor in an Active Directory domain, where names of services cannot log in.</summary>
[Collection(SambaRealm.Collection)]
public sealed class SambaDoctorTests(SambaRealm realm)
{
    [PeerFact(Peer.Samba)]
    public async Task Healthy()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("HTTP"));
        var cache = await realm.KinitAsync("alice");

        Transcript.Check("samba-healthy-client", await scene.ClientAsync(cache), realm);
        Transcript.Check("samba-healthy-server", await scene.ServerAsync(realm.Keytab("HTTP"), cache), realm);
    }

    [PeerFact(Peer.Samba)]
    public async Task AKeytabWithoutALogin()
    {
        await using var scene = new DoctorScene(realm);
        Transcript.Check("samba-no-login-server", await scene.ServerAsync(realm.Keytab("HTTP"), cache: null), realm);
    }

    /// <summary>On an account of its own: other tests have tickets for the realm's.</summary>
    [PeerFact(Peer.Samba)]
    public async Task AKeytabThatIsTooOld()
    {
        await using var scene = new DoctorScene(realm);
        var keytab = realm.NewCache();
        await SambaToolAsync("user", "create", "svc-aged", "agedpw1");
        await SambaToolAsync("spn", "add", "aged/localhost", "svc-aged");
        await SambaToolAsync("domain", "exportkeytab", keytab, "--principal=aged/localhost");
        await SambaToolAsync("user", "setpassword", "svc-aged", "--newpassword=agedpw2");
        await scene.StartAsync(keytab);
        var cache = await realm.KinitAsync("alice");

        Transcript.Check("samba-old-keytab-client", await scene.ClientAsync(cache, "aged"), realm);
        Transcript.Check("samba-old-keytab-server", await scene.ServerAsync(keytab, cache), realm);
    }

    [PeerFact(Peer.Samba)]
    public async Task ANameThatIsNotRegistered()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("HTTP"));

        Transcript.Check("samba-unknown-name-client", await scene.ClientAsync(await realm.KinitAsync("alice"), "nobody"), realm);
    }

    [PeerFact(Peer.Samba)]
    public async Task AClockThatIsSevenMinutesOff()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("HTTP"));
        var cache = await realm.KinitAsync("alice");

        Transcript.Check("samba-clock-behind-client", await scene.ClientAsync(cache, shift: TimeSpan.FromMinutes(-7)), realm);
        Transcript.Check("samba-clock-ahead-server", await scene.ServerAsync(realm.Keytab("HTTP"), cache, shift: TimeSpan.FromMinutes(7)), realm);
    }

    [PeerFact(Peer.Samba)]
    public async Task NoKdc()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("HTTP"));

        Transcript.Check(
            "samba-kdc-unreachable-client",
            await scene.ClientAsync(await realm.KinitAsync("alice"), config: await scene.ConfigWithoutKdcAsync(SambaRealm.Name, names: true)),
            realm);
    }

    [PeerFact(Peer.Samba)]
    public async Task NoLoginThatLives()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("HTTP"));

        Transcript.Check("samba-no-cache-client", await scene.ClientAsync(Path.Combine(realm.Folder, "absent")), realm);
        Transcript.Check("samba-expired-cache-client", await scene.ClientAsync(scene.Expired(await realm.KinitAsync("alice"))), realm);
    }

    [PeerFact(Peer.Samba)]
    public async Task ATargetWithoutAName()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("HTTP"));
        var target = new UriBuilder(scene.Target) { Host = "127.0.0.1" }.Uri;

        Transcript.Check("samba-address-client", await scene.ClientAsync(await realm.KinitAsync("alice"), target: target), realm);
    }

    [PeerFact(Peer.Samba)]
    public async Task EncryptionTypesThatDoNotMeet()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("HTTP"));
        var cache = await realm.KinitAsync("alice");

        Transcript.Check("samba-rc4-account-client", await scene.ClientAsync(cache, "rc4"), realm);
        Transcript.Check("samba-rc4-account-server", await scene.ServerAsync(realm.Keytab("rc4"), cache), realm);
    }

    [PeerFact(Peer.Samba)]
    public async Task AServerWithoutKerberos()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(keytab: null);

        Transcript.Check("samba-no-kerberos-client", await scene.ClientAsync(await realm.KinitAsync("alice")), realm);
    }

    private async Task SambaToolAsync(params string[] arguments) =>
        (await realm.RunAsync("samba-tool", [.. arguments, $"--configfile={Path.Combine(realm.Folder, "smb.conf")}"], timeout: TimeSpan.FromMinutes(1))).EnsureSuccess();
}
