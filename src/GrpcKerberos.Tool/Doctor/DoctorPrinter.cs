using System.Text.Json;
using GrpcKerberos.Tool.Output;

namespace GrpcKerberos.Tool.Doctor;

/// <summary>Runs an examination and prints it, line by line for people, whole for programs.</summary>
internal static class DoctorPrinter
{
    public static async Task<int> RunAsync(ToolHost host, bool json, string verb, IReadOnlyList<ICheck> checks, CancellationToken cancellationToken)
    {
        var screen = new Screen(host);
        Action<Finding> seen = json ? static _ => { } : finding => DoctorText.Show(screen, finding);
        var report = await Examination.RunAsync(verb, checks, seen, cancellationToken).ConfigureAwait(false);
        if (json) host.Output.WriteLine(JsonSerializer.Serialize(report, ToolJson.Readable.DoctorReport));
        else DoctorText.ShowCount(screen, report);
        return report.Failed == 0 ? ExitCode.Passed : ExitCode.Failed;
    }
}
