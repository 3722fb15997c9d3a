namespace GrpcKerberos.Tool.Doctor;

/// <summary>What came of a check.</summary>
internal enum Outcome
{
    Ok,
    Failed,

    /// <summary>What it needs failed.</summary>
    NotRun,
}
