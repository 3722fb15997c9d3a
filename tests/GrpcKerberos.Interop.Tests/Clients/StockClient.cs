using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Clients;

/// <summary>A client of examples/Clients as its build.sh makes it, in a process of its own. It greets each name that it is given.</summary>
internal sealed class StockClient : IAsyncDisposable
{
    private static readonly TimeSpan s_buildTimeout = TimeSpan.FromMinutes(5);

    // Once a run each; build.sh looks itself whether anything is to be done.
    private static readonly Dictionary<Peer, Lazy<Task>> s_builds = new()
    {
        [Peer.Python] = new(static () => BuildAsync("python")),
        [Peer.Go] = new(static () => BuildAsync("go")),
        [Peer.Java] = new(static () => BuildAsync("java")),
    };

    private readonly ForeignProcess _process;

    private StockClient(ForeignProcess process) => _process = process;

    private static string Folder { get; } = Path.Combine(MitTools.PeersFolder, "..", "..", "examples", "Clients");

    /// <param name="language">Python, Go or Java.</param>
    /// <param name="server">Whom it calls.</param>
    /// <param name="environment">The realm's, with a cache or a login.</param>
    public static async Task<StockClient> StartAsync(Peer language, WatchedGreeter server, IReadOnlyDictionary<string, string> environment)
    {
        Assert.Null(PeerTools.Missing(language));
        await s_builds[language].Value;
        var program = Path.Combine(Folder, "bin", "greeter-" + Name(language));
        string[] arguments = [server.Target, .. server.Certificate is { } certificate ? [certificate] : Array.Empty<string>()];
        return new StockClient(ForeignProcess.Start(program, arguments, new Dictionary<string, string>(environment) { ["no_grpc_proxy"] = "localhost" }));
    }

    /// <summary>What it prints for a name.</summary>
    public async Task<string> GreetAsync(string name)
    {
        await _process.WriteLineAsync(name);
        return await _process.ReadLineAsync();
    }

    /// <summary>Gives it these names, and no more.</summary>
    public Task<ProcessOutput> EndAsync(params string[] names) => _process.FinishAsync(string.Concat(names.Select(static n => n + "\n")));

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task BuildAsync(string name) =>
        (await ForeignProcess.RunAsync(Path.Combine(Folder, "build.sh"), [name], timeout: s_buildTimeout)).EnsureSuccess();

    private static string Name(Peer language) => language switch
    {
        Peer.Python => "python",
        Peer.Go => "go",
        Peer.Java => "java",
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, null),
    };
}
