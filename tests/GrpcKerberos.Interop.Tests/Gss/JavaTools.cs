using System.ComponentModel;
using System.Diagnostics;
using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Gss;

/// <summary>A JDK, and our peer on its GSS-API.</summary>
internal static class JavaTools
{
    /// <summary>What is missing and how to mend it, MIT's realm included; null when all is here.</summary>
    public static string? Missing { get; } = MitTools.Missing ?? (Runs() ? null : "javac is not on this machine. Next: install a JDK of 17 or later (openjdk-17-jdk-headless).");

    /// <summary>Why a test that needs it is skipped; null when it runs. tests/run.sh installs none, so that peers are required says nothing of it.</summary>
    public static string? SkipReason => Missing;

    /// <summary>Where the peer's classes are: compiled once a realm, into its folder.</summary>
    public static async Task<string> ClassesAsync(MitRealm realm)
    {
        var folder = Path.Combine(realm.Folder, "java");
        if (File.Exists(Path.Combine(folder, "GssPeer.class"))) return folder;
        (await ForeignProcess.RunAsync("javac", ["-d", folder, Path.Combine(MitTools.PeersFolder, "GssPeer.java")], timeout: TimeSpan.FromMinutes(2))).EnsureSuccess();
        return folder;
    }

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
