using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Python;

/// <summary>Debian's Python with its grpcio and gssapi, which other interpreters on the PATH do not see.</summary>
internal static class PythonTools
{
    /// <summary>The interpreter that Debian's python3-* packages are for.</summary>
    public const string Interpreter = "/usr/bin/python3";

    /// <summary>What is missing and how to mend it, MIT's tools included; null when all is here.</summary>
    public static string? Missing { get; } = PeerTools.Missing([Peer.Python]);

    public static string Script(string name) => Path.Combine(MitTools.PeersFolder, name);
}
