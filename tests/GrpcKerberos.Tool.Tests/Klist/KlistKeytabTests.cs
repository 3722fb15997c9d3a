using System.Text.Json;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Testing;

namespace GrpcKerberos.Tool.Tests.Klist;

public sealed class KlistKeytabTests : IAsyncLifetime
{
    private TestRealm _realm = null!;
    private string _keytab = null!;

    public async Task InitializeAsync()
    {
        _realm = await TestRealm.StartAsync();
        var service = _realm.AddService("HTTP/localhost", o => o.EncryptionTypes.Add(EncryptionType.Aes256CtsHmacSha1));
        service.RotateKey();
        _keytab = service.Keytab;
    }

    public async Task DisposeAsync() => await _realm.DisposeAsync();

    [Fact]
    public async Task AKeytab_IsListed()
    {
        var run = await ToolRun.Of(["klist", "-k"], environment: new() { ["KRB5_KTNAME"] = $"FILE:{_keytab}" });

        var written = KeytabLoader.Load(_keytab).Entries[0].Timestamp;
        Assert.Equal(
            $"""
            Keytab: FILE:{_keytab} (from KRB5_KTNAME)
            kvno  Timestamp             Enctype                  Principal
            2     {written}  aes256-cts-hmac-sha1-96  HTTP/localhost@TEST.LOCAL
            1     {written}  aes256-cts-hmac-sha1-96  HTTP/localhost@TEST.LOCAL

            """,
            run.Output);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
    }

    [Fact]
    public async Task TheKeytabOfKrb5Conf_IsTheDefault()
    {
        var config = Path.Combine(_realm.Directory, "other.conf");
        await File.WriteAllTextAsync(config, $"[libdefaults]\ndefault_keytab_name = {_keytab}\n");

        var run = await ToolRun.Of(["klist", "-k", "--krb5-config", config]);

        Assert.StartsWith($"Keytab: FILE:{_keytab} (from default_keytab_name)\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_HasTheSameFacts_AndNoKey()
    {
        var run = await ToolRun.Of(["klist", "-k", _keytab, "--json"]);

        var root = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("klist-keytab/1", root.GetProperty("schema").GetString());
        Assert.Equal("the command line", root.GetProperty("setting").GetString());
        var entry = root.GetProperty("entries")[0];
        Assert.Equal(["principal", "keyVersion", "encryptionType", "timestamp", "isUsed"], entry.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("HTTP/localhost@TEST.LOCAL", 2), (entry.GetProperty("principal").GetString(), entry.GetProperty("keyVersion").GetInt32()));
        var key = KeytabLoader.Load(_keytab).Entries[0].Key!.Bytes;
        Assert.DoesNotContain(Convert.ToHexString(key), run.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToBase64String(key), run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATypeThatIsOff_IsMarked()
    {
        var octets = await File.ReadAllBytesAsync(_keytab);
        // The first entry's type stands before the key's length and its 32 octets; the 32-bit kvno follows.
        var at = octets.AsSpan().IndexOf(new byte[] { 0, 18, 0, 32 });
        octets[at + 1] = 16;
        await File.WriteAllBytesAsync(_keytab, octets);

        var run = await ToolRun.Of(["klist", "-k", _keytab]);

        Assert.Contains("etype 16 (off)  ", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task AKeytabThatIsNot_FailsWithTheNextStep()
    {
        var run = await ToolRun.Of(["klist", "-k", "/nonexistent/keytab"]);

        Assert.Equal("Keytab /nonexistent/keytab (from the command line) does not exist.\nNext: mount it there or correct the setting.\n", run.Output);
        Assert.Equal(1, run.ExitCode);
    }
}
