using System.Diagnostics;
using System.Globalization;
using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Benchmarks.Load;

/// <summary>A server and a client of one variant, each a process of its own that lives for all rounds, idle while others are measured.</summary>
internal sealed class LoadPair : IAsyncDisposable
{
    public const string ServerVerb = "load-server";
    public const string ClientVerb = "load-client";

    // Longer than the longest measurement; the processes end with their stdin in any case.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly ForeignProcess _server;
    private readonly ForeignProcess _client;

    private LoadPair(LoadVariant variant, ForeignProcess server, ForeignProcess client, bool sendsTokens)
    {
        Variant = variant;
        _server = server;
        _client = client;
        SendsTokens = sendsTokens;
    }

    public LoadVariant Variant { get; }

    /// <summary>Whether calls after the first ones still carry an AP-REQ.</summary>
    public bool SendsTokens { get; }

    public List<LoadSample> Samples { get; } = [];

    public static async Task<LoadPair> StartAsync(LoadSettings server, LoadSettings client)
    {
        // As services run: ASP.NET Core's project template has it on.
        var serverProcess = Start(ServerVerb, new Dictionary<string, string> { ["DOTNET_gcServer"] = "1" });
        await serverProcess.WriteLineAsync(server.ToLine());
        var address = (await serverProcess.ReadToAsync("address"))["address"];
        var clientProcess = Start(ClientVerb, new Dictionary<string, string>());
        await clientProcess.WriteLineAsync((client with { Address = address }).ToLine());
        var sendsTokens = (await clientProcess.ReadToAsync("ready"))["ready"] == "token";
        return new LoadPair(server.Variant, serverProcess, clientProcess, sendsTokens);
    }

    public async Task<LoadSample> CallAsync(int seconds)
    {
        var (server, client) = (Cpu(_server), Cpu(_client));
        await _client.WriteLineAsync(seconds.ToString(CultureInfo.InvariantCulture));
        var lines = await _client.ReadToAsync("calls");
        var (elapsed, median) = (TimeSpan.FromMicroseconds(lines.Number("elapsed")), TimeSpan.FromMicroseconds(lines.Number("p50")));
        return new LoadSample(lines.Number("calls"), elapsed, median, Cpu(_server) - server, Cpu(_client) - client);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static TimeSpan Cpu(ForeignProcess process)
    {
        using var seen = Process.GetProcessById(process.Id);
        return seen.TotalProcessorTime;
    }

    /// <summary>This program again, with another verb.</summary>
    private static ForeignProcess Start(string verb, Dictionary<string, string> environment)
    {
        var self = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is unknown.");
        var isHost = Path.GetFileNameWithoutExtension(self) == "dotnet";
        string[] arguments = isHost ? [typeof(LoadPair).Assembly.Location, verb] : [verb];
        return ForeignProcess.Start(self, arguments, environment, s_patience);
    }
}
