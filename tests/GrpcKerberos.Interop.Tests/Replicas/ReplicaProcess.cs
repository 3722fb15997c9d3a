using System.Globalization;
using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Replicas;

/// <summary>A replica in a process of its own, on a port that stays the same whenever it is started again.</summary>
internal sealed class ReplicaProcess(int port, string keytab, string runs, string krb5Config, string? certificate) : IAsyncDisposable
{
    private ForeignProcess? _process;

    public int Port => port;

    /// <summary>What ran here in all its lives: a line "proof request" each.</summary>
    public IReadOnlyList<(string Proof, string Request)> Runs =>
        [.. File.ReadAllLines(runs).Select(static l => l.Split(' ', 2)).Select(static l => (l[0], l[1]))];

    public async Task StartAsync()
    {
        var program = Path.Combine(AppContext.BaseDirectory.Replace("GrpcKerberos.Interop.Tests", "GrpcKerberos.Replica", StringComparison.Ordinal), "GrpcKerberos.Replica.dll");
        string[] arguments = [program, port.ToString(CultureInfo.InvariantCulture), keytab, runs];
        _process = ForeignProcess.Start(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            certificate is null ? arguments : [.. arguments, certificate],
            new Dictionary<string, string> { ["KRB5_CONFIG"] = krb5Config });
        Assert.Equal("ready", await _process.ReadLineAsync());
    }

    /// <summary>Ended without a word, in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process) await process.DisposeAsync();
        _process = null;
    }

    /// <summary>It forgets every session, and begins anew.</summary>
    public async Task ForgetAsync()
    {
        if (_process is not { } process) return;
        await process.WriteLineAsync("forget");
        Assert.Equal("forgot", await process.ReadLineAsync());
    }

    public async ValueTask DisposeAsync() => await KillAsync();
}
