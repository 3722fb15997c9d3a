using System.ComponentModel;
using System.Diagnostics;
using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Gss;

/// <summary>A JDK, which runs a source file as it stands.</summary>
internal static class JavaTools
{
    /// <summary>What is missing and how to mend it, MIT's realm included; null when all is here.</summary>
    public static string? Missing { get; } = MitTools.Missing ?? (Runs() ? null : "javac is not on this machine. Next: install a JDK of 17 or later (openjdk-17-jdk-headless).");

    /// <summary>Why a test that needs it is skipped; null when it runs. tests/run.sh installs none, so that peers are required says nothing of it.</summary>
    public static string? SkipReason => Missing;

    private static bool Runs()
    {
        try
        {
            using var javac = Process.Start(new ProcessStartInfo("javac", ["-version"]) { RedirectStandardError = true, RedirectStandardOutput = true });
            return javac is not null && javac.WaitForExit(ForeignProcess.DefaultTimeout) && javac.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
