namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>What a foreign process left behind when it ended.</summary>
public sealed record ProcessOutput(string Command, int ExitCode, string StandardOutput, string StandardError)
{
    /// <summary>Its "name = value" lines, as the programs under tests/peers print them.</summary>
    public PeerLines Lines => PeerLines.Parse(StandardOutput);

    /// <summary>Itself when the process ended with 0, else an exception with all that it said.</summary>
    public ProcessOutput EnsureSuccess() => ExitCode == 0
        ? this
        : throw new ForeignProcessException($"{Command} ended with {ExitCode}.\n{StandardOutput}\n{StandardError}");
}

public sealed class ForeignProcessException(string message) : Exception(message);
