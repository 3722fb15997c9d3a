using System.Text.RegularExpressions;
using GrpcKerberos.Protocol;
using GrpcKerberos.Shared;
using GrpcKerberos.Testing;
using GrpcKerberos.Tool.Tests.Doctor;

namespace GrpcKerberos.Tool.Tests;

/// <summary>What README.md shows was printed: names of files, hosts and ports are made what a reader would have, and numbers that differ with each run are one.</summary>
public sealed partial class ReadmeTests : IAsyncLifetime
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
        printed = Elapsed().Replace(printed, "in 3 ms");
        printed = Clock().Replace(printed, "clock +0.2 s");
        printed = Left().Replace(printed, ", 9 h 26 min left");
        printed = Size().Replace(printed, ", 821 B of");
        printed = Time().Replace(printed, "2026-11-22T09:05:00Z");
        printed = Day().Replace(printed, "until 2027-03-01");

        Assert.Contains($"{command}\n{printed}", File.ReadAllText(Repository.PathOf("src/GrpcKerberos.Tool/README.md")), StringComparison.Ordinal);
    }

    [GeneratedRegex("in [0-9]+ ms")]
    private static partial Regex Elapsed();

    [GeneratedRegex("clock [+-][0-9.]+ s")]
    private static partial Regex Clock();

    [GeneratedRegex(", [0-9]+ [a-z]+( [0-9]+ [a-z]+)? left")]
    private static partial Regex Left();

    [GeneratedRegex(", [0-9,]+ B of")]
    private static partial Regex Size();

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z")]
    private static partial Regex Time();

    [GeneratedRegex("until [0-9]{4}-[0-9]{2}-[0-9]{2}")]
    private static partial Regex Day();
}
