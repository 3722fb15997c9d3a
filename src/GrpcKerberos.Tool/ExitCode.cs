namespace GrpcKerberos.Tool;

/// <summary>What the process ends with, the same for every verb.</summary>
internal static class ExitCode
{
    public const int Passed = 0;
    public const int Failed = 1;
    public const int Usage = 2;
}
