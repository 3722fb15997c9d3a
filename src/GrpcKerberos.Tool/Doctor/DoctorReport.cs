using System.Text.Json.Serialization;

namespace GrpcKerberos.Tool.Doctor;

/// <summary>All that was found.</summary>
/// <param name="Verb"><c>doctor client</c> or <c>doctor server</c>.</param>
/// <param name="Findings">In the order of the checks.</param>
internal sealed record DoctorReport(string Verb, IReadOnlyList<Finding> Findings)
{
    [JsonPropertyOrder(-1)]
    public string Schema { get; } = "doctor/1";

    public int Passed => Findings.Count(static f => f.Outcome == Outcome.Ok);

    public int Failed => Findings.Count(static f => f.Outcome == Outcome.Failed);

    public int NotRun => Findings.Count(static f => f.Outcome == Outcome.NotRun);
}
