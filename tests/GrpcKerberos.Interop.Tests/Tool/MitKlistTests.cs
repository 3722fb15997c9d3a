using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Tool.Tests;

namespace GrpcKerberos.Interop.Tests.Tool;

/// <summary>klist says what MIT's klist says of the same file.</summary>
[Collection(MitRealm.Collection)]
public sealed partial class MitKlistTests(MitRealm realm)
{
    [PeerFact]
    public async Task ACache_HasTheFactsOfMitsKlist()
    {
        var cache = await realm.KinitAsync("alice", "-r", "1d");
        foreach (var service in new[] { "HTTP/localhost", "et-aes128-sha2/localhost", "tk-aes256-sha2/localhost" })
            (await realm.RunAsync("kvno", [service], cache: cache)).EnsureSuccess();

        var theirs = (await realm.RunAsync("klist", ["-e", "-C"], cache: cache)).EnsureSuccess().StandardOutput;
        var ours = await JsonAsync("klist", "--json", cache);

        var listed = ours.GetProperty("caches")[0];
        Assert.Contains($"Default principal: {listed.GetProperty("principal")}\n", theirs, StringComparison.Ordinal);
        var tickets = listed.GetProperty("tickets").EnumerateArray().Select(static t =>
            $"{Mits(t.GetProperty("starts"))} {Mits(t.GetProperty("ends"))} {t.GetProperty("service")} {t.GetProperty("sessionEncryptionType")} "
            + $"{t.GetProperty("ticketEncryptionType")}");
        Assert.Equal(
            Ticket().Matches(theirs).Select(static m => $"{m.Groups[1]} {m.Groups[2]} {m.Groups[3]} {m.Groups[4]} {m.Groups[5]}"),
            tickets);
        Assert.Equal(4, Ticket().Count(theirs));
    }

    [PeerFact]
    public async Task AKeytab_HasTheFactsOfMitsKlist()
    {
        var keytab = realm.Keytab("services");

        var theirs = (await realm.RunAsync("klist", ["-kte", keytab])).EnsureSuccess().StandardOutput;
        var ours = await JsonAsync("klist", "-k", keytab, "--json");

        var keys = ours.GetProperty("entries").EnumerateArray().Select(static k =>
            $"{k.GetProperty("keyVersion")} {Mits(k.GetProperty("timestamp"))} {k.GetProperty("principal")} {k.GetProperty("encryptionType")}").ToList();
        Assert.Equal(Key().Matches(theirs).Select(static m => $"{m.Groups[1]} {m.Groups[2]} {m.Groups[3]} {m.Groups[4]}"), keys);
        Assert.Equal(16, keys.Count);
    }

    private static async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var run = await ToolRun.Of(arguments);
        Assert.Equal(0, run.ExitCode);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    /// <summary>A time as klist prints it in the C locale.</summary>
    private static string Mits(JsonElement time) => time.GetDateTimeOffset().ToLocalTime().ToString("MM/dd/yy HH:mm:ss", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(\S+ \S+)  (\S+ \S+)  (\S+)\n(?:\s+renew until \S+ \S+, |\s+)Etype \(skey, tkt\): (\S+), (\S+)", RegexOptions.Multiline)]
    private static partial Regex Ticket();

    [GeneratedRegex(@"^ *([0-9]+) (\S+ \S+) (\S+) \((\S+)\)", RegexOptions.Multiline)]
    private static partial Regex Key();
}
