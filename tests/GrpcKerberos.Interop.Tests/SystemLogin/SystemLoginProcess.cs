using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.SystemLogin;

/// <summary>A client by the operating system's login, in a process started with the environment that libkrb5 is to see.</summary>
internal sealed class SystemLoginProcess : IAsyncDisposable
{
    private readonly ForeignProcess _process;

    private SystemLoginProcess(ForeignProcess process) => _process = process;

    public static async Task<SystemLoginProcess> StartAsync(GreeterHost host, string service, IReadOnlyDictionary<string, string> environment)
    {
        var name = $"{nameof(GrpcKerberos)}.{nameof(SystemLogin)}";
        var program = Path.Combine(MitTools.PeersFolder, "..", name, "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", name + ".dll");
        var process = ForeignProcess.Start(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, host.Address, service, host.CertificateHash], environment);
        try
        {
            Assert.Equal("ready", await process.ReadLineAsync());
            return new SystemLoginProcess(process);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the calls of a verb and gives what came of them.</summary>
    public async Task<string> CallAsync(string verb)
    {
        await _process.WriteLineAsync(verb);
        return await _process.ReadLineAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
