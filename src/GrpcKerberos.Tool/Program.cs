using GrpcKerberos.Tool.Commands;

namespace GrpcKerberos.Tool;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        try
        {
            return await CommandLine.RunAsync(args, ToolHost.OfThisProcess()).ConfigureAwait(false);
        }
        // What nobody thought of is one line too, and no dump of a process that may have read keys.
        catch (Exception e)
        {
            var text = $"{CommandLine.Name}: {e.GetType().Name}: {e.Message} Next: report it, with the command line and without its tokens.";
            await Console.Error.WriteLineAsync(text).ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }
}
