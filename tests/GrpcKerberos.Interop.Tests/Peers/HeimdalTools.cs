namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>Heimdal's programs, which tests/run.sh unpacks under tests/peers/bin since their packages conflict with MIT's.</summary>
public static class HeimdalTools
{
    /// <summary>The folder that holds Heimdal's usr folder.</summary>
    public static string Root { get; } = Path.Combine(MitTools.PeersFolder, "bin", "heimdal");

    /// <summary>What is missing and how to mend it; null when all is here.</summary>
    public static string? Missing { get; } = File.Exists(Find("kinit.heimdal"))
        ? null
        : $"Heimdal is not here (missing: {Root}). Next: run tests/run.sh, which downloads and unpacks it.";

    /// <summary>Runs one of Heimdal's tools to its end in the realm that <paramref name="environment"/> names, whatever its exit code.</summary>
    public static Task<ProcessOutput> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string input = "") =>
        Missing is null
            ? ForeignProcess.RunAsync(Find(program), arguments, input, new Dictionary<string, string>(environment) { ["LD_LIBRARY_PATH"] = Libraries() })
            : throw new ForeignProcessException(Missing);

    private static string Find(string program) => Path.Combine(Root, "usr", "bin", program);

    private static string Libraries() => Path.GetDirectoryName(Directory.GetFiles(Path.Combine(Root, "usr", "lib"), "libkrb5.so.26", SearchOption.AllDirectories)[0])!;
}
