using System.Globalization;
using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Benchmarks.Mit;

/// <summary>MIT libkrb5 in a process of its own (tests/peers/bench_rdreq.c), accepting one AP-REQ as often as it is told to.</summary>
internal sealed class MitAcceptor : IAsyncDisposable
{
    private static readonly string s_program = Path.Combine(MitTools.PeersFolder, "bin", "bench_rdreq");

    private readonly ForeignProcess _process;
    private readonly string _folder;

    private MitAcceptor(ForeignProcess process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    /// <summary>Null where the program is built.</summary>
    public static string? Missing => File.Exists(s_program)
        ? null
        : $"{s_program} is missing: no rows of MIT krb5. Next: install libkrb5-dev and gcc, and run tests/peers/build.sh.";

    /// <param name="exchange">What is accepted.</param>
    /// <param name="inMemory">Whether the keytab is read once instead of for each AP-REQ.</param>
    public static async Task<MitAcceptor> StartAsync(RecordedExchange exchange, bool inMemory)
    {
        var folder = Directory.CreateTempSubdirectory("gk-bench-").FullName;
        var keytab = Path.Combine(folder, "keytab");
        var config = Path.Combine(folder, "krb5.conf");
        await File.WriteAllBytesAsync(keytab, exchange.KeytabFile());
        await File.WriteAllTextAsync(config, "[libdefaults]\n  default_realm = KRB.TEST\n");
        var environment = new Dictionary<string, string> { ["KRB5_CONFIG"] = config, ["KRB5_KTNAME"] = "FILE:" + keytab };
        string[] arguments = inMemory ? ["take", exchange.Service, "memory"] : ["take", exchange.Service];
        var acceptor = new MitAcceptor(ForeignProcess.Start(s_program, arguments, environment), folder);
        await acceptor._process.WriteLineAsync(exchange.PeerLine);
        await acceptor._process.ReadToAsync("ready");
        return acceptor;
    }

    /// <summary>Accepts so many times; none may fail. What libkrb5 took each time by its own clock, in nanoseconds.</summary>
    public async Task<long> AcceptAsync(int times)
    {
        await _process.WriteLineAsync(times.ToString(CultureInfo.InvariantCulture));
        return (await _process.ReadToAsync("nanoseconds")).Number("nanoseconds");
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
