namespace GrpcKerberos.Tool;

/// <summary>What the process ends with, the same for every verb.</summary>
internal static class ExitCode
{
    public const int Passed = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    /// <summary>What shells have for SIGINT.</summary>
    public const int Interrupted = 130;
}
