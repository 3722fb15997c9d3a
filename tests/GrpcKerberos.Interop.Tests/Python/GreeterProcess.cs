using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Python;

/// <summary>examples/Greeter/Server as it ships, in a process of its own on a port of the kernel's choice, with the keys of all services of MIT's realm.</summary>
internal sealed class GreeterProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    // Stopped when its stdin ends, so that it cannot outlive the tests.
    private const string Hold = "\"$@\" & cat > /dev/null; kill $!";

    private readonly ForeignProcess _process;

    private GreeterProcess(ForeignProcess process, string address) => (_process, Address) = (process, address);

    /// <summary>host:port.</summary>
    public string Address { get; }

    /// <param name="realm">Whose keys it has.</param>
    /// <param name="portability">Its SessionPortability.</param>
    /// <param name="certificate">With TLS: where it writes its certificate, as PEM.</param>
    public static async Task<GreeterProcess> StartAsync(MitRealm realm, string portability, string? certificate)
    {
        var program = Path.Combine(MitTools.PeersFolder, "..", "..", "examples", "Greeter", "Server", "bin", Configuration(), "net10.0", "Greeter.Server.dll");
        string[] arguments = [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", program,
            "--urls", certificate is null ? "http://127.0.0.1:0" : "https://127.0.0.1:0",
            "--contentRoot", Path.GetDirectoryName(program)!,
            "--Authentication:Schemes:Kerberos:Keytab", realm.Keytab("services"),
            "--Authentication:Schemes:Kerberos:Krb5Config", realm.Krb5Conf,
            "--Authentication:Schemes:Kerberos:SessionPortability", portability,
            .. certificate is null ? Array.Empty<string>() : ["--Certificate", certificate]];
        var process = ForeignProcess.Start("/bin/sh", ["-c", Hold, "sh", .. arguments]);
        try
        {
            return new GreeterProcess(process, await AddressAsync(process));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<string> AddressAsync(ForeignProcess process)
    {
        while (true)
        {
            var line = await process.ReadLineAsync();
            var at = line.IndexOf(Listening, StringComparison.Ordinal);
            if (at >= 0) return new Uri(line[(at + Listening.Length)..]).Authority;
        }
    }

    /// <summary>Debug or Release, as these tests are.</summary>
    private static string Configuration() => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
}
