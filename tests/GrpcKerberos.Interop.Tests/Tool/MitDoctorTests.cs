using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.Interop.Tests.Tool;

/// <summary>The doctor in MIT's realm: healthy, and with each of the faults that a first day brings.</summary>
[Collection(MitRealm.Collection)]
public sealed class MitDoctorTests(MitRealm realm)
{
    [PeerFact]
    public async Task Healthy()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("HTTP"));

        Transcript.Check("mit-healthy-client", await scene.ClientAsync(await realm.KinitAsync("alice")), realm);
        Transcript.Check("mit-healthy-server", await scene.ServerAsync(realm.Keytab("HTTP"), cache: null), realm);
    }

    [PeerFact]
    public async Task AKeytabThatIsTooOld()
    {
        await using var scene = new DoctorScene(realm);
        var keytab = realm.NewCache();
        await KadminAsync("addprinc -randkey aged/localhost", $"ktadd -norandkey -k {keytab} aged/localhost", "cpw -randkey aged/localhost");
        await scene.StartAsync(keytab);
        var cache = await realm.KinitAsync("alice");

        Transcript.Check("mit-old-keytab-client", await scene.ClientAsync(cache, "aged"), realm);
        Transcript.Check("mit-old-keytab-server", await scene.ServerAsync(keytab, cache), realm);
        Transcript.Check("mit-old-keytab-server-itself", await scene.ServerAsync(keytab, cache: null), realm);
    }

    [PeerFact]
    public async Task ANameThatIsNotRegistered()
    {
        await using var scene = new DoctorScene(realm);
        var keytab = realm.NewCache();
        await KadminAsync("addprinc -randkey gone/localhost", $"ktadd -norandkey -k {keytab} gone/localhost", "delprinc -force gone/localhost");
        await scene.StartAsync(keytab);
        var cache = await realm.KinitAsync("alice");

        Transcript.Check("mit-unknown-name-client", await scene.ClientAsync(cache, "gone"), realm);
        Transcript.Check("mit-unknown-name-server", await scene.ServerAsync(keytab, cache), realm);
    }

    [PeerFact]
    public async Task AKeytabOfAnotherName()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("test"));

        Transcript.Check("mit-other-keytab-client", await scene.ClientAsync(await realm.KinitAsync("alice")), realm);
    }

    [PeerFact]
    public async Task AClockThatIsSevenMinutesOff()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("HTTP"));
        var cache = await realm.KinitAsync("alice");

        Transcript.Check("mit-clock-behind-client", await scene.ClientAsync(cache, shift: TimeSpan.FromMinutes(-7)), realm);
        Transcript.Check("mit-clock-ahead-client", await scene.ClientAsync(cache, shift: TimeSpan.FromMinutes(7)), realm);
        Transcript.Check("mit-clock-ahead-server", await scene.ServerAsync(realm.Keytab("HTTP"), cache, shift: TimeSpan.FromMinutes(7)), realm);
    }

    [PeerFact]
    public async Task NoKdc()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("HTTP"));
        var cache = await realm.KinitAsync("alice");
        var unreachable = await scene.ConfigWithoutKdcAsync(MitRealm.Name, names: true);
        var unknown = await scene.ConfigWithoutKdcAsync(MitRealm.Name, names: false);

        Transcript.Check("mit-kdc-unreachable-client", await scene.ClientAsync(cache, config: unreachable), realm);
        Transcript.Check("mit-kdc-unknown-client", await scene.ClientAsync(cache, config: unknown), realm);
        Transcript.Check("mit-kdc-unreachable-server", await scene.ServerAsync(realm.Keytab("HTTP"), cache, config: unreachable), realm);
    }

    [PeerFact]
    public async Task NoLoginThatLives()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("HTTP"));

        Transcript.Check("mit-no-cache-client", await scene.ClientAsync(Path.Combine(realm.Folder, "absent")), realm);
        Transcript.Check("mit-expired-cache-client", await scene.ClientAsync(scene.Expired(await realm.KinitAsync("alice"))), realm);
    }

    [PeerFact]
    public async Task ATargetWithoutAName()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("HTTP"));
        var target = new UriBuilder(scene.Target) { Host = "127.0.0.1" }.Uri;

        Transcript.Check("mit-address-client", await scene.ClientAsync(await realm.KinitAsync("alice"), target: target), realm);
    }

    [PeerFact]
    public async Task EncryptionTypesThatDoNotMeet()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("HTTP"));
        var cache = await realm.KinitAsync("alice");

        Transcript.Check("mit-rc4-account-client", await scene.ClientAsync(cache, "et-arcfour-hmac"), realm);
        Transcript.Check("mit-rc4-account-server", await scene.ServerAsync(realm.Keytab("et-arcfour-hmac"), cache), realm);
        Transcript.Check("mit-missing-type-server", await scene.ServerAsync(scene.With(realm.Keytab("HTTP"), EncryptionType.Aes128CtsHmacSha1), cache), realm);
    }

    [PeerFact]
    public async Task AServerWithoutKerberos()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(keytab: null);

        Transcript.Check("mit-no-kerberos-client", await scene.ClientAsync(await realm.KinitAsync("alice")), realm);
    }

    [PeerFact]
    public async Task AProxyThatStripsTheProof()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("HTTP"), DoctorScene.StripProof);

        Transcript.Check("mit-stripped-client", await scene.ClientAsync(await realm.KinitAsync("alice")), realm);
    }

    [PeerFact]
    public async Task ACertificateNobodyTrusts()
    {
        await using var scene = new DoctorScene(realm);
        await scene.StartAsync(realm.Keytab("HTTP"));

        Transcript.Check("mit-untrusted-client", await scene.ClientAsync(await realm.KinitAsync("alice"), trusted: false), realm);
    }

    private async Task KadminAsync(params string[] commands)
    {
        var said = (await realm.RunAsync("kadmin.local", [], string.Join('\n', commands) + "\n")).EnsureSuccess();
        Assert.DoesNotContain(" while ", said.StandardError, StringComparison.Ordinal);
    }
}
