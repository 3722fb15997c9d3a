using System.Text.RegularExpressions;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Tool.Tests;

namespace GrpcKerberos.Interop.Tests.Tool;

/// <summary>What the tool printed, whole, as it stands in a file beside the tests; what is another with each run is a word there.</summary>
internal static partial class Transcript
{
    private const string AcceptVariable = "GRPCKERBEROS_ACCEPT_TRANSCRIPTS";

    /// <param name="name">The file in Transcripts/, without its ending.</param>
    /// <param name="run">The run; its exit code is kept too.</param>
    /// <param name="realm">Where it ran.</param>
    public static void Check(string name, ToolRun run, ForeignRealm realm)
    {
        Assert.Equal("", run.Errors);
        var file = Path.Combine(MitTools.PeersFolder, "..", "GrpcKerberos.Interop.Tests", "Tool", "Transcripts", name + ".txt");
        var actual = $"{Normalise(run.Output, realm)}exit code {run.ExitCode}\n";
        if (System.Environment.GetEnvironmentVariable(AcceptVariable) == "1") File.WriteAllText(file, actual);
        Assert.Equal(File.Exists(file) ? File.ReadAllText(file) : $"{AcceptVariable}=1 writes {name}.txt, to be reviewed", actual);
    }

    private static string Normalise(string text, ForeignRealm realm)
    {
        text = text.Replace(realm.Folder, "DIR", StringComparison.Ordinal);
        text = Port().Replace(text, "$1:PORT");
        text = TcpPort().Replace(text, "TCP port PORT");
        text = OutOfStep().Replace(text, "clock is N $1");
        text = Made().Replace(text, "DIR/MADE");
        text = Ago().Replace(text, ", N ago");
        return Varying.AsWords.Still(text);
    }

    [GeneratedRegex(@"(localhost|127\.0\.0\.1):[0-9]+")]
    private static partial Regex Port();

    [GeneratedRegex("TCP port [0-9]+")]
    private static partial Regex TcpPort();

    [GeneratedRegex("clock is .+? (behind|ahead of)")]
    private static partial Regex OutOfStep();

    [GeneratedRegex(", [0-9]+ [a-z]+( [0-9]+ [a-z]+)? ago")]
    private static partial Regex Ago();

    /// <summary>Files that ForeignRealm.NewCache named.</summary>
    [GeneratedRegex("DIR/cc[0-9]+")]
    private static partial Regex Made();
}
