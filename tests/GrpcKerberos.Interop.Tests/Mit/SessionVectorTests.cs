using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>The test vectors of protos/README.md made anew by libkrb5 from the very files our own tests read.</summary>
[Collection(MitRealm.Collection)]
public sealed class SessionVectorTests(MitRealm realm)
{
    /// <summary>Parts of names whose lines libkrb5 does not show: a confounder once it is opened, and derived keys.</summary>
    private static readonly string[] s_unseen = ["confounder", "kc-"];

    [PeerTheory]
    [MemberData(nameof(MitClient.Enctypes), MemberType = typeof(MitClient))]
    public async Task Vectors_ByLibkrb5_EveryIdMicAndMessage(string enctype, int number)
    {
        var checkedLines = (await CheckAsync(PathOf(enctype))).EnsureSuccess().Lines;

        Assert.Contains($"enctype = {number}\n", await File.ReadAllTextAsync(PathOf(enctype)), StringComparison.Ordinal);
        Assert.Equal(38, checkedLines.Number("checked"));
        Assert.False(checkedLines.Has("error"));
    }

    [PeerFact]
    public async Task Vectors_OneDigitChanged_FoundByLibkrb5()
    {
        var lines = await File.ReadAllLinesAsync(PathOf("aes256-sha2"));
        var file = realm.NewCache();
        var missed = new List<string>();
        for (var i = 0; i < lines.Length; i++)
        {
            var name = lines[i].Split(" = ")[0];
            if (lines[i][0] == '#' || s_unseen.Any(part => name.Contains(part, StringComparison.Ordinal))) continue;
            await File.WriteAllLinesAsync(file, lines.Select((line, j) => j == i ? Changed(line) : line));
            if ((await CheckAsync(file)).ExitCode != 1) missed.Add(name);
        }

        Assert.Empty(missed);
    }

    private static string Changed(string line) => line[..^1] + (line[^1] == '1' ? '2' : '1');

    private static string PathOf(string enctype) =>
        Path.Combine(MitTools.PeersFolder, "..", "GrpcKerberos.Protocol.Tests", "Vectors", "session", enctype + ".txt");

    private Task<ProcessOutput> CheckAsync(string file) => realm.RunAsync("session_vectors", ["check", file]);
}
