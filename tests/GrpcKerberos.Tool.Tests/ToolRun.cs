using GrpcKerberos.Tool.Commands;

namespace GrpcKerberos.Tool.Tests;

/// <summary>One run of the tool inside the test: what it printed, and its exit code.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Errors)
{
    /// <param name="arguments">As on the command line.</param>
    /// <param name="time">This host's clock.</param>
    /// <param name="environment">Its variables, and no others.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="cancellationToken">As by Ctrl-C.</param>
    public static async Task<ToolRun> Of(
        string[] arguments, TimeProvider? time = null, Dictionary<string, string>? environment = null, string input = "", CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var host = new ToolHost
        {
            Input = new StringReader(input),
            Output = output,
            Errors = errors,
            Time = time ?? TimeProvider.System,
            Environment = name => environment?.GetValueOrDefault(name),
        };
        var code = await CommandLine.RunAsync(arguments, host, cancellationToken);
        return new ToolRun(code, output.ToString(), errors.ToString());
    }
}
