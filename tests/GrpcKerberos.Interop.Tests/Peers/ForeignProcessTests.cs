namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>The helper must never hang and never lose what a process said; only a POSIX shell is needed.</summary>
public sealed class ForeignProcessTests
{
    [Fact]
    public async Task Run_ProcessThatFails_ExitCodeAndBothStreams()
    {
        var output = await ShellAsync("cat; echo out; echo err >&2; exit 3", "in\n");

        Assert.Equal((3, "in\nout\n", "err\n"), (output.ExitCode, output.StandardOutput, output.StandardError));
        Assert.Contains("err", Assert.Throws<ForeignProcessException>(output.EnsureSuccess).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ProcessThatIgnoresItsInput_ExitCodeNotBrokenPipe()
    {
        var output = await ShellAsync("exec <&-; exit 4", new string('x', 1 << 20));

        Assert.Equal(4, output.ExitCode);
    }

    [Fact]
    public async Task Run_ProcessThatNeverEnds_TimeoutNamesIt()
    {
        var refused = await Assert.ThrowsAsync<ForeignProcessException>(
            () => ForeignProcess.RunAsync("/bin/sh", ["-c", "sleep 600"], timeout: TimeSpan.FromMilliseconds(200)));

        Assert.Equal("sh -c sleep 600 did not end for 0.2 s.", refused.Message);
    }

    [Fact]
    public async Task Interactive_LinesBothWays_ThenEnd()
    {
        await using var process = ForeignProcess.Start("/bin/sh", ["-c", "while read -r x; do echo \"x = $x\"; done; echo bye"]);

        await process.WriteLineAsync("1");
        var first = await process.ReadToAsync("x");
        var last = await process.FinishAsync("2\n");

        Assert.Equal(1, first.Number("x"));
        Assert.Equal("x = 2\nbye\n", last.StandardOutput);
    }

    private static Task<ProcessOutput> ShellAsync(string script, string input) => ForeignProcess.RunAsync("/bin/sh", ["-c", script], input);
}
