using GrpcKerberos.Protocol;
using GrpcKerberos.Shared;
using GrpcKerberos.Testing;
using GrpcKerberos.Tool.Tests.Doctor;

namespace GrpcKerberos.Tool.Tests;

/// <summary>
/// What README.md shows was printed: names of files, hosts and ports are made what a reader would have, and numbers that differ with each run are one.
/// </summary>
public sealed class ReadmeTests : IAsyncLifetime
{
    private const string Name = "HTTP/orders.corp.example";

    private TestRealm _realm = null!;
    private TestAccount _service = null!;
    private string _cache = null!;

    public async Task InitializeAsync()
    {
        _realm = await TestRealm.StartAsync("CORP.EXAMPLE", o => o.EncryptionTypes.Add(EncryptionType.Aes256CtsHmacSha1));
        _service = _realm.AddService(Name);
        _cache = await _realm.AddUser("alice").LoginAsync();
    }

    public async Task DisposeAsync() => await _realm.DisposeAsync();

    [Fact]
    public async Task DoctorClient_PrintsWhatTheReadmeShows()
    {
        using var certificate = TestService.NewCertificate("localhost", subject: "orders.corp.example");
        var trusted = Path.Combine(_realm.Directory, "trusted.pem");
        await File.WriteAllTextAsync(trusted, certificate.ExportCertificatePem());
        await using var server = await TestService.StartAsync(certificate, o => (o.Keytab, o.Krb5Config) = (_service.Keytab, _realm.Krb5Config));

        var run = await RunAsync("doctor", "client", "--target", server.Target.ToString(), "--spn", Name, "--trust", trusted);

        AssertShown("$ grpc-kerberos doctor client --target https://orders.corp.example", run);
    }

    [Fact]
    public async Task DoctorServer_PrintsWhatTheReadmeShows()
    {
        var old = await File.ReadAllBytesAsync(_service.Keytab);
        _service.RotateKey();
        await File.WriteAllBytesAsync(_service.Keytab, old);

        var run = await RunAsync("doctor", "server", "--keytab", _service.Keytab);

        AssertShown("$ grpc-kerberos doctor server --keytab /run/secrets/orders.keytab", run);
    }

    [Fact]
    public async Task Klist_PrintsWhatTheReadmeShows()
    {
        var run = await RunAsync("klist", "-k", _service.Keytab);

        AssertShown("$ grpc-kerberos klist -k /run/secrets/orders.keytab", run);
    }

    private Task<ToolRun> RunAsync(params string[] arguments) =>
        ToolRun.Of(arguments, environment: new() { ["KRB5_CONFIG"] = _realm.Krb5Config, ["KRB5CCNAME"] = $"FILE:{_cache}" });

    private void AssertShown(string command, ToolRun run)
    {
        var printed = run.Output
            .Replace(_realm.Kdc, "dc1.corp.example:88", StringComparison.Ordinal)
            .Replace(_service.Keytab, "/run/secrets/orders.keytab", StringComparison.Ordinal)
            .Replace(_realm.Krb5Config, "/etc/krb5.conf", StringComparison.Ordinal)
            .Replace(_cache, "/tmp/krb5cc_1000", StringComparison.Ordinal);
        printed = Varying.AsExample.Still(printed);

        Assert.Contains($"{command}\n{printed}", File.ReadAllText(Repository.PathOf("src/GrpcKerberos.Tool/README.md")), StringComparison.Ordinal);
    }
}
