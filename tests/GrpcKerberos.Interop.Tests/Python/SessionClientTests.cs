using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Python;

/// <summary>A client in Python that was written from protos/README.md alone, against the example's server: what the page says is enough.</summary>
[Collection(MitRealm.Collection)]
public sealed class SessionClientTests(MitRealm realm)
{
    private const string Portable = """
        first = answered with KRB_AP_REP, alice@KRB.TEST
        later = answered, alice@KRB.TEST
        with token = answered, alice@KRB.TEST
        twice = answered, REPEAT
        altered MIC = PROOF_REFUSED
        late = LATE
        clock ahead = SKEW, answered, alice@KRB.TEST
        close = answered
        after close = SESSION_UNKNOWN, answered with KRB_AP_REP, alice@KRB.TEST
        large token = SESSION_UNKNOWN, answered with KRB_AP_REP, answered, alice@KRB.TEST
        token twice = answered, REPEAT
        first, clock behind = SKEW, answered with KRB_AP_REP, alice@KRB.TEST
        establish = answered with KRB_AP_REP
        established = answered, alice@KRB.TEST
        number before the first = SESSION_UNKNOWN, answered with KRB_AP_REP, alice@KRB.TEST

        """;

    private const string ServerBound = """
        first = PROVE, answered, alice@KRB.TEST
        later = answered, alice@KRB.TEST
        with token = PROVE, answered, alice@KRB.TEST
        twice = answered, REPEAT
        altered MIC = PROOF_REFUSED
        late = LATE
        clock ahead = SKEW, answered, alice@KRB.TEST
        close = answered
        after close = SESSION_UNKNOWN, PROVE, answered, alice@KRB.TEST
        large token = SESSION_UNKNOWN, answered with KRB_AP_REP, answered, alice@KRB.TEST
        token twice = PROVE, REPEAT
        first, clock behind = SKEW, PROVE, answered, alice@KRB.TEST
        establish = answered with KRB_AP_REP
        established = answered, alice@KRB.TEST
        number before the first = answered, alice@KRB.TEST

        """;

    [PeerTheory(Peer.Python)]
    [InlineData("Auto", false, ServerBound)]
    [InlineData("Portable", false, Portable)]
    [InlineData("Auto", true, Portable)]
    [InlineData("ServerBound", true, ServerBound)]
    public async Task Calls_OfEachEnctype_WhatThePageSays(string portability, bool tls, string expected)
    {
        Assert.Null(PythonTools.Missing);
        var certificate = tls ? realm.NewCache() : null;
        await using var server = await GreeterProcess.StartAsync(realm, portability, certificate);
        var services = MitClient.Enctypes.Select(static row => $"et-{row[0]}/localhost").ToArray();
        var cache = await realm.KinitAsync("alice");
        (await realm.RunAsync("kvno", services, cache: cache)).EnsureSuccess();
        foreach (var service in services)
        {
            var said = await RunAsync("session_client.py", [server.Address, service, .. certificate is null ? Array.Empty<string>() : [certificate]], cache);
            Assert.Equal((service, expected), (service, said.StandardOutput + said.StandardError));
        }
    }

    [PeerTheory(Peer.Python)]
    [InlineData("aes128-cts")]
    [InlineData("aes256-cts")]
    [InlineData("aes128-sha2")]
    [InlineData("aes256-sha2")]
    public async Task Vectors_ByPython_EveryIdMicAndMessage(string enctype)
    {
        Assert.Null(PythonTools.Missing);
        var file = Path.Combine(MitTools.PeersFolder, "..", "GrpcKerberos.Protocol.Tests", "Vectors", "session", enctype + ".txt");
        var said = (await RunAsync("session_vectors.py", [file])).EnsureSuccess();
        Assert.Equal($"{enctype}.txt = 27\n", said.StandardOutput);
    }

    private Task<ProcessOutput> RunAsync(string script, string[] arguments, string? cache = null) =>
        ForeignProcess.RunAsync(PythonTools.Interpreter, ["-B", PythonTools.Script(script), .. arguments], environment: realm.Environment(cache));
}
