using System.CommandLine;
using System.CommandLine.Help;

namespace GrpcKerberos.Tool.Commands;

/// <summary>The verbs, and what they have in common: help, usage errors, exit codes.</summary>
internal static class CommandLine
{
    public const string Name = "grpc-kerberos";

    public static async Task<int> RunAsync(string[] args, ToolHost host, CancellationToken cancellationToken = default)
    {
        // No response files: a token or a principal is no file because of its first letter.
        var parsed = Root(host).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpPage) return Misused(parsed, host);
        var invocation = new InvocationConfiguration { Output = host.Output, Error = host.Errors, EnableDefaultExceptionHandler = false };
        return await parsed.InvokeAsync(invocation, cancellationToken).ConfigureAwait(false);
    }

    internal static RootCommand Root(ToolHost host)
    {
        var root = new RootCommand("Kerberos for gRPC, looked at from the command line.")
        {
            KlistCommand.Make(host),
            DecodeCommand.Make(host),
            DoctorCommand.Make(host),
        };
        foreach (var help in root.Options.OfType<HelpOption>()) help.Action = new HelpPage();
        return root;
    }

    private static int Misused(ParseResult parsed, ToolHost host)
    {
        host.Errors.WriteLine($"{Name}: {string.Join(" ", parsed.Errors.Select(static e => e.Message))} Next: {HelpPage.PathOf(parsed.CommandResult)} --help.");
        return ExitCode.Usage;
    }
}
