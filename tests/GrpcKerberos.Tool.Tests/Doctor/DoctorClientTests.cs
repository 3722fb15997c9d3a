using System.Security.Cryptography.X509Certificates;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Protocol;
using GrpcKerberos.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcKerberos.Tool.Tests.Doctor;

public sealed class DoctorClientTests : IAsyncLifetime
{
    private readonly X509Certificate2 _certificate = TestService.NewCertificate("localhost");
    private TestRealm _realm = null!;
    private TestAccount _service = null!;
    private string _cache = null!;
    private string _trusted = null!;

    public async Task InitializeAsync()
    {
        _realm = await TestRealm.StartAsync(configure: o => o.EncryptionTypes.Add(EncryptionType.Aes256CtsHmacSha1));
        _service = _realm.AddService("HTTP/localhost");
        _cache = await _realm.AddUser("alice").LoginAsync();
        _trusted = Trust(_certificate);
    }

    public async Task DisposeAsync()
    {
        await _realm.DisposeAsync();
        _certificate.Dispose();
    }

    [Fact]
    public async Task AHealthyClient_Passes()
    {
        await using var server = await StartAsync();

        var run = await RunAsync(server);

        Assert.Equal(
            """
             ok    configuration  DIR/krb5.conf; realm TEST.LOCAL
             ok    kdc            KDC in N ms, clock N s
             ok    credentials    FILE:DIR/alice-3.ccache (from KerberosClientOptions.CredentialCache): alice@TEST.LOCAL, N left, aes256-cts-hmac-sha1-96
             ok    ticket         HTTP/localhost@TEST.LOCAL kvno 1, aes256-cts-hmac-sha1-96, N B of 5,632
             ok    tls            1.3, CN=localhost until DAY
             ok    exchange       the server opened the ticket; its AP-REP holds our time: it is genuine; every replica takes its session
             ok    call           session proof accepted, answer proven
            7 passed

            """,
            Normalised(run, server));
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
    }

    [Fact]
    public async Task HttpAtAPortOfTls_IsToldThatItMayBeHttps()
    {
        await using var server = await StartAsync();

        var run = await RunAsync(server, new UriBuilder(server.Target) { Scheme = "http" }.Uri);

        Assert.Contains(" FAIL  exchange  ", run.Output, StringComparison.Ordinal);
        Assert.Contains("Next: see whether a gRPC service is there, whether it is https:// there, and", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--json")]
    public async Task Interrupted_IsNoDefectToReport(string json)
    {
        var run = await ToolRun.Of(
            [.. new[] { "doctor", "client", "--ccache", _cache, "--krb5-config", _realm.Krb5Config, json }.Where(static a => a.Length > 0)], cancellationToken: new(canceled: true));

        Assert.Equal((130, "grpc-kerberos: interrupted.\n"), (run.ExitCode, run.Errors));
        Assert.DoesNotContain("{", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutTls_ItPasses_AndSaysWhatThatIs()
    {
        await using var server = await TestService.StartAsync(null, Configure);

        var run = await RunAsync(server);

        Assert.EndsWith(
            """
             ok    tls            none, the target is http://: messages can be read and changed on their way, and sessions are one server's (UnsafeUseInsecureChannelCallCredentials is needed)
             ok    exchange       the server opened the ticket; its AP-REP holds our time: it is genuine; its session is this one server's
             ok    call           session proof accepted, answer proven
            7 passed

            """,
            run.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task AKeytabInsteadOfACache_LogsIn()
    {
        await using var server = await StartAsync();

        var run = await ToolRun.Of(["doctor", "client", "--krb5-config", _realm.Krb5Config, "--keytab", _service.Keytab, "--spn", "HTTP/localhost"]);

        Assert.Contains(" ok    credentials    DIR/HTTP_localhost-1.keytab (from KerberosClientOptions.Keytab): "
            + "HTTP/localhost@TEST.LOCAL, N left, ", Normalised(run, server), StringComparison.Ordinal);
        Assert.EndsWith("\n4 passed\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerWithAnOldKeytab_IsTold()
    {
        var old = Path.Combine(_realm.Directory, "old.keytab");
        File.Copy(_service.Keytab, old);
        await using var server = await StartAsync(keytab: old);
        _service.RotateKey();

        var run = await RunAsync(server);

        AssertFails(run, server, "exchange", "HTTP/localhost@TEST.LOCAL cannot open our ticket (kvno 2, aes256-cts-hmac-sha1-96).", "its keytab lacks that "
            + "key, or the name belongs to another account; its log, event 120, and grpc-kerberos doctor server there say which.", notRun: 1);
    }

    [Fact]
    public async Task AServerWithoutKerberos_IsTold()
    {
        await using var server = await TestService.StartAsync(_certificate, configure: null);

        var run = await RunAsync(server);

        AssertFails(
            run,
            server,
            "exchange",
            "HTTP/localhost@TEST.LOCAL at localhost:PORT does not answer grpckerberos.v1.SessionService (UNIMPLEMENTED).",
            "is AddKerberos() on that server, and does a proxy let that path pass? A server that takes GSS-API tokens instead (TokenFormat) is not examined "
            + "here.",
            notRun: 1);
    }

    [Fact]
    public async Task AProxyThatStripsTheProof_IsTold()
    {
        await using var server = await TestService.StartAsync(_certificate, o => (o.Keytab, o.Krb5Config) = (_service.Keytab, _realm.Krb5Config), first: (context, next) =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.Remove("authentication-info");
                return Task.CompletedTask;
            });
            return next(context);
        });

        var run = await RunAsync(server);

        AssertFails(
            run,
            server,
            "exchange",
            "HTTP/localhost@TEST.LOCAL answered without proving who it is (no authentication-info). The answer was discarded.",
            "is AddKerberos() on that server (one that takes GSS-API tokens instead needs TokenFormat), and does a proxy strip the header? If neither, "
            + "treat it as an impostor.",
            notRun: 1);
    }

    [Fact]
    public async Task ACallThatAnotherReplicaTakes_PassesAndSaysSo()
    {
        await using var server = await TestService.StartAsync(_certificate, Configure, first: ForgetBeforeClose);

        var run = await RunAsync(server);

        Assert.EndsWith(
            """
             ok    call           another replica took the call, and knows the session once a call brings its token, as an application's does; this one cannot
            7 passed

            """,
            run.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASessionOfOneServer_TakenToAnother_IsTold()
    {
        await using var server = await TestService.StartAsync(null, Configure, first: ForgetBeforeClose);

        var run = await RunAsync(server);

        Assert.Contains(
            " FAIL  call           HTTP/localhost@TEST.LOCAL does not know the session of this call: it was restarted, or another replica took it. ",
            run.Output,
            StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task ACertificateNobodyTrusts_IsTold()
    {
        await using var server = await StartAsync();

        var run = await RunAsync(server, trusted: false);

        AssertFails(
            run,
            server,
            "tls",
            "The certificate CN=localhost is not trusted here (UntrustedRoot).",
            "trust its CA on this host (update-ca-certificates; certlm.msc), or name it: --trust FILE here, SslOptions of the channel's handler in the client.",
            notRun: 2);
    }

    [Fact]
    public async Task ACertificateOfAnotherHost_IsTold()
    {
        using var other = TestService.NewCertificate("orders.corp.example");
        await using var server = await StartAsync(other);

        var run = await RunAsync(server, trust: Trust(other));

        AssertFails(
            run,
            server,
            "tls",
            "The certificate CN=orders.corp.example is not one for localhost; it is for orders.corp.example.",
            "call the service by a name that stands there, or have one made for this name too.",
            notRun: 2);
    }

    [Fact]
    public async Task ACertificateThatEnded_IsTold()
    {
        using var old = TestService.NewCertificate("localhost", until: -1);
        await using var server = await StartAsync(old);

        var run = await RunAsync(server, trust: Trust(old));

        AssertFails(
            run, server, "tls", "The certificate CN=localhost, or one above it, is not valid now: "
                + "from DAY to DAY.", "have it renewed, or look at this host's clock.", notRun: 2);
    }

    [Fact]
    public async Task AServerWithoutHttp2_IsTold()
    {
        await using var server = await TestService.StartAsync(_certificate, configure: null, HttpProtocols.Http1);

        var run = await RunAsync(server);

        AssertFails(run, server, "tls", "localhost:PORT does not offer HTTP/2 (ALPN h2).", "let the endpoint, and a proxy before it, speak HTTP/2: "
            + "gRPC needs it.", notRun: 2);
    }

    [Fact]
    public async Task APortWithoutTls_IsTold()
    {
        await using var server = await TestService.StartAsync(null, configure: null, HttpProtocols.Http1);

        var run = await RunAsync(server, target: new UriBuilder(server.Target) { Scheme = "https" }.Uri);

        Assert.Contains("\n FAIL  tls            localhost:PORT makes no TLS connection: ", Normalised(run, server), StringComparison.Ordinal);
        Assert.Contains("\n       Next: see that the port speaks TLS; "
            + "where the link is protected otherwise, the target is http://.\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerThatIsNotThere_IsTold()
    {
        var server = await StartAsync();
        var target = server.Target;
        await server.DisposeAsync();

        var run = await RunAsync(server, target: target);

        Assert.Contains($"\n FAIL  tls            {target.Authority} refused.\n       "
            + "Next: see whether the service is up and listens there, and what is in between.\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATargetWithoutAName_IsTold()
    {
        await using var server = await StartAsync();

        var run = await RunAsync(server, target: new UriBuilder(server.Target) { Host = "127.0.0.1" }.Uri);

        AssertFails(
            run,
            server,
            "ticket",
            "The target \"127.0.0.1:PORT\" holds no host name to make a service name from, and a server is never asked for its own.",
            "--spn HTTP/orders.corp.example here, and set ServicePrincipal in the client.",
            notRun: 3);
    }

    [Fact]
    public async Task NoLogin_IsTold()
    {
        var run = await ToolRun.Of(["doctor", "client", "--krb5-config", _realm.Krb5Config], environment: new() { ["KRB5CCNAME"] = "FILE:/nonexistent" });

        Assert.EndsWith(
            """
             FAIL  credentials    No Kerberos credentials: FILE:/nonexistent (from KRB5CCNAME) does not exist and no keytab is set.
                   Next: run kinit, or set KerberosClientOptions.Keytab (KRB5_CLIENT_KTNAME).
            2 passed, 1 failed

            """,
            run.Output,
            StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task NoRealm_IsTold()
    {
        var empty = Path.Combine(_realm.Directory, "empty.conf");
        await File.WriteAllTextAsync(empty, "");

        var run = await ToolRun.Of(["doctor", "client", "--krb5-config", empty, "--target", "https://localhost:1"], environment: new() { ["KRB5CCNAME"] = "FILE:/nonexistent" });

        Assert.Equal(
            """
             FAIL  configuration  No realm is known for the client: neither the settings nor krb5.conf name one.
                   Next: set KerberosClientOptions.Realm, or default_realm in krb5.conf.
            0 passed, 1 failed (6 checks not run)

            """,
            run.Output);
    }

    [Fact]
    public async Task OptionThatDoesNotDo_IsRefused()
    {
        var run = await ToolRun.Of(["doctor", "client", "--principal", "a@b@c"]);

        Assert.Equal("KerberosClientOptions.Principal \"a@b@c\" is no principal.\nNext: write it as name@REALM or service/host@REALM.\n", run.Output);
        Assert.Equal(1, run.ExitCode);
    }

    /// <summary>As another replica would: Establish came to this one.</summary>
    private static async Task ForgetBeforeClose(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.Value!.EndsWith("/Close", StringComparison.Ordinal))
            await context.RequestServices.GetRequiredService<SchemeAcceptors>().RestartAsync();
        await next(context);
    }

    private void Configure(KerberosAuthenticationOptions options) => (options.Keytab, options.Krb5Config) = (_service.Keytab, _realm.Krb5Config);

    private Task<TestService> StartAsync(X509Certificate2? certificate = null, string? keytab = null) =>
        TestService.StartAsync(certificate ?? _certificate, o => (o.Keytab, o.Krb5Config) = (keytab ?? _service.Keytab, _realm.Krb5Config));

    private Task<ToolRun> RunAsync(TestService server, Uri? target = null, bool trusted = true, string? trust = null)
    {
        string[] more = trusted ? ["--trust", trust ?? _trusted] : [];
        return ToolRun.Of(["doctor", "client", "--krb5-config", _realm.Krb5Config, "--ccache", _cache, "--target", (target ?? server.Target).ToString(), .. more]);
    }

    private void AssertFails(ToolRun run, TestService server, string check, string text, string next, int notRun)
    {
        var passed = 6 - notRun;
        var end = $" FAIL  {check,-13}  {text}\n       Next: {next}\n{passed} passed, 1 failed ({notRun} {(notRun == 1 ? "check" : "checks")} not run)\n";
        Assert.EndsWith(end, Normalised(run, server), StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    private string Trust(X509Certificate2 certificate)
    {
        var path = Path.Combine(_realm.Directory, certificate.GetCertHashString() + ".pem");
        File.WriteAllText(path, certificate.ExportCertificatePem());
        return path;
    }

    private string Normalised(ToolRun run, TestService server) =>
        Transcript.Of(run, _realm).Replace($":{server.Target.Port}", ":PORT", StringComparison.Ordinal);
}
