using GrpcKerberos.Protocol;
using GrpcKerberos.Tool.Output;

namespace GrpcKerberos.Tool.Doctor;

/// <summary>What a check found.</summary>
/// <param name="Check">Its name.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Text">What was seen; null where it was not run.</param>
/// <param name="Next">What to do; null where it passed.</param>
internal sealed record Finding(string Check, Outcome Outcome, string? Text, string? Next)
{
    public static Finding Ok(string check, string text) => new(check, Outcome.Ok, text, null);

    public static Finding Fail(string check, string text, string next) => new(check, Outcome.Failed, text, next);

    /// <summary>In the library's own words.</summary>
    public static Finding Fail(string check, KerberosException e) => Fail(check, Advice.Of(e.Message));

    /// <inheritdoc cref="Fail(string, KerberosException)"/>
    public static Finding Fail(string check, Advice advice) => new(check, Outcome.Failed, advice.Text, advice.Next);

    public static Finding NotRun(string check) => new(check, Outcome.NotRun, null, null);
}
