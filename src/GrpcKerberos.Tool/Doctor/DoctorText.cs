using GrpcKerberos.Tool.Output;

namespace GrpcKerberos.Tool.Doctor;

/// <summary>Findings for people, each a line as it is made, and the count at the end.</summary>
internal static class DoctorText
{
    private const int NameWidth = 13;

    public static void Show(Screen screen, Finding finding)
    {
        if (finding.Outcome == Outcome.NotRun) return;
        var isOk = finding.Outcome == Outcome.Ok;
        var (mark, tone) = isOk ? (" ok    ", Tone.Good) : (" FAIL  ", Tone.Bad);
        screen.Line((mark, tone), (finding.Check.PadRight(NameWidth), Tone.Strong), ($"  {finding.Text}", Tone.Plain));
        screen.Next(finding.Next, mark.Length);
    }

    public static void ShowCount(Screen screen, DoctorReport report)
    {
        var passed = Invariant($"{report.Passed} passed");
        var failed = report.Failed == 0 ? "" : Invariant($", {report.Failed} failed");
        var notRun = report.NotRun == 0 ? "" : Invariant($" ({report.NotRun} {(report.NotRun == 1 ? "check" : "checks")} not run)");
        screen.Line($"{passed}{failed}{notRun}", report.Failed == 0 ? Tone.Good : Tone.Bad);
    }
}
