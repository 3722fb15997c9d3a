using System.ComponentModel;
using System.Diagnostics;
using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Python;

/// <summary>Debian's Python with its grpcio and gssapi, which other interpreters on the PATH do not see.</summary>
internal static class PythonTools
{
    /// <summary>The interpreter that Debian's python3-* packages are for.</summary>
    public const string Interpreter = "/usr/bin/python3";

    private const string Mend = "Next: run tests/run.sh, which installs it.";

    /// <summary>What is missing and how to mend it, MIT's tools included; null when all is here.</summary>
    public static string? Missing { get; } = MitTools.Missing ?? (CanImport() ? null : $"python3-grpcio or python3-gssapi is not on this machine. {Mend}");

    /// <summary>Why a test that needs it is skipped; null when it runs.</summary>
    public static string? SkipReason => MitTools.Required ? null : Missing;

    public static string Script(string name) => Path.Combine(MitTools.PeersFolder, name);

    private static bool CanImport()
    {
        try
        {
            using var python = Process.Start(new ProcessStartInfo(Interpreter, ["-c", "import grpc, gssapi"]) { RedirectStandardError = true });
            return python is not null && python.WaitForExit(ForeignProcess.DefaultTimeout) && python.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
