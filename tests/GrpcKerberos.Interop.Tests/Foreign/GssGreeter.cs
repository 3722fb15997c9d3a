using System.Globalization;
using Grpc.Net.Client;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Interop.Tests.Python;

namespace GrpcKerberos.Interop.Tests.Foreign;

/// <summary>A gRPC server that is none of ours, in Python, with MIT's gss_accept_sec_context behind it.</summary>
internal sealed class GssGreeter : IAsyncDisposable
{
    private readonly ForeignProcess _process;

    private GssGreeter(ForeignProcess process, int port)
    {
        _process = process;
        Channel = GrpcChannel.ForAddress(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}"), new GrpcChannelOptions { UnsafeUseInsecureChannelCallCredentials = true });
    }

    public GrpcChannel Channel { get; }

    /// <param name="realm">Whose keys it has.</param>
    /// <param name="keytab">The keys.</param>
    /// <param name="fault">What it does wrong.</param>
    public static async Task<GssGreeter> StartAsync(MitRealm realm, string keytab, string fault = "")
    {
        var process = ForeignProcess.Start(PythonTools.Interpreter, ["-B", PythonTools.Script("gss_greeter.py"), fault], realm.Environment(keytab: keytab));
        try
        {
            return new GssGreeter(process, (int)(await process.ReadToAsync("port")).Number("port"));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>The mechanism and flags of the next call it took.</summary>
    public async Task<string> TookAsync() => (await _process.ReadToAsync("took"))["took"];

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _process.DisposeAsync();
    }
}
