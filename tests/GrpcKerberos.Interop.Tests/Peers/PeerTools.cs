using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using GrpcKerberos.Interop.Tests.Python;

namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>Which peers this machine has.</summary>
public static class PeerTools
{
    private const string Mend = "Next: run tests/run.sh, which installs it.";

    private const string Protoc = "/usr/bin/protoc";

    private const string Jars = "/usr/share/java/";

    private const string Go = "/usr/share/gocode/src/";

    /// <summary>Debian's JDK 17, whatever else the PATH has.</summary>
    public static string Java17 { get; } =
        $"/usr/lib/jvm/java-17-openjdk-{(RuntimeInformation.OSArchitecture == Architecture.X64 ? "amd64" : "arm64")}/bin/java";

    private static readonly Lazy<string?> s_samba = new(static () => ProgramMissing("Samba AD", "samba", "/usr/sbin/samba")
        ?? (Says(PythonTools.Interpreter, "-c", "import samba.provision, samba.dckeytab") ? null : $"Samba AD is not all here (missing: python3-samba). {Mend}"));

    private static readonly Lazy<string?> s_python = new(static () =>
        ProgramMissing("Python", "protobuf-compiler", Protoc)
        ?? (Says(PythonTools.Interpreter, "-c", "import grpc, gssapi, google.protobuf") ? null : $"Python is not all here (missing: python3-grpcio, python3-gssapi or python3-protobuf). {Mend}"));

    private static readonly Lazy<string?> s_java = new(static () => ProgramMissing("Java", "openjdk-17-jdk-headless", Java17)
        ?? ProgramMissing("Java", "protobuf-compiler", Protoc)
        ?? ProgramMissing("Java", "protobuf-compiler-grpc-java-plugin", "/usr/bin/grpc_java_plugin")
        ?? ProgramMissing("Java", "libgrpc-java", Jars + "grpc-stub.jar")
        ?? ProgramMissing("Java", "libprotobuf-java", Jars + "protobuf.jar")
        ?? ProgramMissing("Java", "libguava-java", Jars + "guava.jar")
        ?? ProgramMissing("Java", "libnetty-java", Jars + "netty-transport.jar")
        ?? ProgramMissing("Java", "libnetty-tcnative-java", Jars + "netty-tcnative.jar")
        ?? ProgramMissing("Java", "libperfmark-java", Jars + "perfmark-api.jar")
        ?? ProgramMissing("Java", "libgeronimo-annotation-1.3-spec-java", Jars + "geronimo-annotation-1.3-spec.jar"));

    private static readonly Lazy<string?> s_go = new(static () =>
        ProgramMissing("Go", "golang-go", "/usr/bin/go")
        ?? ProgramMissing("Go", "golang-github-jcmturner-gokrb5.v8-dev", Go + "github.com/jcmturner/gokrb5")
        ?? ProgramMissing("Go", "golang-google-grpc-dev", Go + "google.golang.org/grpc")
        ?? ProgramMissing("Go", "golang-goprotobuf-dev", "/usr/bin/protoc-gen-go")
        ?? ProgramMissing("Go", "protobuf-compiler", Protoc));

    private static readonly Lazy<string?> s_faketime = new(static () => ProgramMissing("faketime", "faketime", "/usr/bin/faketime"));

    /// <summary>True where a missing peer must fail its tests instead of skipping them (GRPCKERBEROS_REQUIRE_PEERS=1).</summary>
    public static bool Required { get; } = Environment.GetEnvironmentVariable("GRPCKERBEROS_REQUIRE_PEERS") == "1";

    /// <summary>What is missing of this peer and how to mend it; null when all is here.</summary>
    public static string? Missing(Peer peer) => peer switch
    {
        Peer.Mit => MitTools.Missing,
        Peer.Samba => s_samba.Value,
        Peer.Heimdal => HeimdalTools.Missing,
        Peer.Python => s_python.Value,
        Peer.Java => s_java.Value,
        Peer.Go => s_go.Value,
        Peer.Faketime => s_faketime.Value,
        _ => throw new ArgumentOutOfRangeException(nameof(peer), peer, null),
    };

    /// <summary>The first that is missing of MIT and these; null when all are here.</summary>
    public static string? Missing(params IEnumerable<Peer> peers) => peers.Prepend(Peer.Mit).Select(Missing).FirstOrDefault(static m => m is not null);

    /// <summary>Why a test that needs these is skipped; null when it runs.</summary>
    public static string? SkipReason(params IEnumerable<Peer> peers) => Required ? null : Missing(peers);

    private static string? ProgramMissing(string peer, string package, string path) =>
        Path.Exists(path) ? null : $"{peer} is not all here (missing: {package}). {Mend}";

    private static bool Says(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true });
            return process is not null && process.WaitForExit(ForeignProcess.DefaultTimeout) && process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
