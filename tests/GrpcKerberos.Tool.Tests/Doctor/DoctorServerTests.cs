using System.Text.Json;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Tests.Testing;
using GrpcKerberos.Testing;

namespace GrpcKerberos.Tool.Tests.Doctor;

public sealed class DoctorServerTests : IAsyncLifetime
{
    private readonly ManualClock _time = new();
    private TestRealm _realm = null!;
    private TestAccount _service = null!;
    private string _cache = null!;

    public async Task InitializeAsync()
    {
        _realm = await TestRealm.StartAsync(configure: o =>
        {
            o.TimeProvider = _time;
            o.EncryptionTypes.Add(EncryptionType.Aes256CtsHmacSha1);
        });
        _service = _realm.AddService("HTTP/localhost");
        _cache = await _realm.AddUser("alice").LoginAsync();
    }

    public async Task DisposeAsync() => await _realm.DisposeAsync();

    [Fact]
    public async Task AHealthyKeytab_PassesByItself()
    {
        var run = await RunAsync();

        Assert.Equal(
            """
             ok    file           DIR/HTTP_localhost-1.keytab (from --keytab), 1 key; DIR/krb5.conf
             ok    entries        HTTP/localhost@TEST.LOCAL kvno 1: aes256-cts-hmac-sha1-96
             ok    clock          KDC in N ms, clock N s
             ok    key            HTTP/localhost@TEST.LOCAL: the KDC seals with kvno 1, aes256-cts-hmac-sha1-96, and the keytab opens it (asked by HTTP/localhost@TEST.LOCAL itself)
            4 passed

            """,
            Transcript.Of(run, _realm));
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
    }

    /// <summary>An outdated keytab would cost the account a wrong password.</summary>
    [Fact]
    public async Task TheLoginOfTheDefaultCache_AsksBeforeTheKeytabDoes()
    {
        string[] arguments = ["doctor", "server", "--keytab", _service.Keytab, "--krb5-config", _realm.Krb5Config];

        var run = await ToolRun.Of(arguments, _time, new() { ["KRB5CCNAME"] = _cache });

        Assert.EndsWith(" and the keytab opens it (asked by the login of alice@TEST.LOCAL)\n4 passed\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnOldKeytab_IsToldByTheUsersLogin()
    {
        await KeepOldKeytabAsync();

        var run = await RunAsync("--ccache", _cache);

        Assert.EndsWith(
            """
             FAIL  key            HTTP/localhost@TEST.LOCAL: the KDC seals with kvno 2, the keytab ends at kvno 1: the password changed after the export.
                   Next: export again (ktpass; kadmin ktadd) and replace the file; a running service picks it up.
            3 passed, 1 failed

            """,
            Transcript.Of(run, _realm),
            StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task AnOldKeytab_IsToldByItsOwnLogin()
    {
        await KeepOldKeytabAsync();

        var run = await RunAsync();

        Assert.EndsWith(
            """
             FAIL  key            KDC KDC refused the key of HTTP/localhost@TEST.LOCAL (KDC_ERR_PREAUTH_FAILED, 24); DIR/HTTP_localhost-1.keytab (from --keytab) has kvno 1, aes256-cts-hmac-sha1-96.
                   Next: the password changed after the export, or it was made with another salt: export it again.
            3 passed, 1 failed

            """,
            Transcript.Of(run, _realm),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task AClockThatIsOff_IsTold()
    {
        _realm.Fault = KdcFault.ClockAhead;

        var run = await RunAsync();

        Assert.EndsWith(
            """
             FAIL  clock          This host's clock is 20 min behind KDC (limit 5 min).
                   Next: set the clock (timedatectl set-ntp true; w32tm /resync).
            2 passed, 1 failed (1 check not run)

            """,
            Transcript.Of(run, _realm),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task AKdcThatIsAway_IsTold()
    {
        _realm.Fault = KdcFault.Unreachable;

        var run = await RunAsync();

        Assert.EndsWith(
            $"""
             FAIL  clock          No KDC of TEST.LOCAL answered in 10 s: KDC refused.
                   Next: check TCP port {_realm.Kdc.Split(':')[1]} from this host; tickets at hand stay in use.
            2 passed, 1 failed (1 check not run)

            """,
            Transcript.Of(run, _realm),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServiceTheRealmDoesNotKnow_IsTold()
    {
        _realm.Fault = KdcFault.ServiceUnknown;

        var run = await RunAsync();

        Assert.Contains(" FAIL  key            TEST.LOCAL knows no service HTTP/localhost (KDC_ERR_S_PRINCIPAL_UNKNOWN, "
            + "7).\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task ANameTheKeytabLacks_IsTold()
    {
        var run = await RunAsync("--spn", "HTTP/localhost", "--spn", "HTTP/orders");

        Assert.Equal(
            """
             ok    file           DIR/HTTP_localhost-1.keytab (from --keytab), 1 key; DIR/krb5.conf
             FAIL  entries        Keytab DIR/HTTP_localhost-1.keytab (from --keytab) has no key for HTTP/orders; it has HTTP/localhost@TEST.LOCAL.
                   Next: set ServicePrincipals to names it holds, or export it again.
            1 passed, 1 failed (2 checks not run)

            """,
            Transcript.Of(run, _realm));
    }

    [Fact]
    public async Task AKeytabThatIsNot_StopsAllOfIt()
    {
        var run = await ToolRun.Of(["doctor", "server", "--keytab", "/nonexistent", "--krb5-config", _realm.Krb5Config], _time);

        Assert.Equal(
            """
             FAIL  file           Keytab /nonexistent (from --keytab) does not exist.
                   Next: mount it there or correct the setting.
            0 passed, 1 failed (3 checks not run)

            """,
            run.Output);
    }

    [Fact]
    public async Task AKeyThatChangedWithoutItsVersion_IsTold()
    {
        await using var other = await TestRealm.StartAsync(configure: o => o.EncryptionTypes.Add(EncryptionType.Aes256CtsHmacSha1));
        File.Copy(other.AddService("HTTP/localhost").Keytab, _service.Keytab, overwrite: true);

        var run = await RunAsync("--ccache", _cache);

        Assert.Contains(
            " FAIL  key            HTTP/localhost@TEST.LOCAL: "
            + "the keytab's key of HTTP/localhost@TEST.LOCAL, aes256-cts-hmac-sha1-96, does not open the ticket.\n"
            + "       Next: the key was changed without a new kvno, or the keytab is another realm's: export it again.\n",
            run.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_HasTheSameFindings()
    {
        var run = await RunAsync("--json", "--spn", "HTTP/orders");

        var root = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(("doctor/1", "doctor server"), (root.GetProperty("schema").GetString(), root.GetProperty("verb").GetString()));
        Assert.Equal((1, 1, 2), (root.GetProperty("passed").GetInt32(), root.GetProperty("failed").GetInt32(), root.GetProperty("notRun").GetInt32()));
        Assert.Equal(
            ["file ok", "entries failed", "clock notRun", "key notRun"],
            root.GetProperty("findings").EnumerateArray().Select(static f => $"{f.GetProperty("check")} {f.GetProperty("outcome")}"));
        Assert.Equal("set ServicePrincipals to names it holds, or export it again.", root.GetProperty("findings")[1].GetProperty("next").GetString());
        Assert.Equal(1, run.ExitCode);
    }

    private Task<ToolRun> RunAsync(params string[] more) =>
        ToolRun.Of(["doctor", "server", "--keytab", _service.Keytab, "--krb5-config", _realm.Krb5Config, .. more], _time);

    /// <summary>The keys before the password changed, in the place of those after it.</summary>
    private async Task KeepOldKeytabAsync()
    {
        var old = await File.ReadAllBytesAsync(_service.Keytab);
        _service.RotateKey();
        await File.WriteAllBytesAsync(_service.Keytab, old);
    }
}
