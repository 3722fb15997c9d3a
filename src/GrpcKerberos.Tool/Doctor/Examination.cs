using GrpcKerberos.Protocol;

namespace GrpcKerberos.Tool.Doctor;

/// <summary>Runs checks in their order, each whose needs were met.</summary>
internal static class Examination
{
    /// <param name="verb"><c>doctor client</c>.</param>
    /// <param name="checks">In the order to run them.</param>
    /// <param name="seen">Hears of each finding as it is made; those not run come last.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<DoctorReport> RunAsync(string verb, IReadOnlyList<ICheck> checks, Action<Finding> seen, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var check in checks)
        {
            foreach (var finding in check.Needs.All(HasPassed) ? await RunAsync(check, cancellationToken).ConfigureAwait(false) : [Finding.NotRun(check.Name)])
            {
                findings.Add(finding);
                seen(finding);
            }
        }

        return new DoctorReport(verb, findings);

        bool HasPassed(string need) => findings.Exists(f => f.Check == need) && findings.TrueForAll(f => f.Check != need || f.Outcome == Outcome.Ok);
    }

    private static async Task<IReadOnlyList<Finding>> RunAsync(ICheck check, CancellationToken cancellationToken)
    {
        try
        {
            return await check.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KerberosException e)
        {
            return [Finding.Fail(check.Name, e)];
        }
    }
}
