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
        try
        {
            return await parsed.InvokeAsync(invocation, cancellationToken).ConfigureAwait(false);
        }
        // Ctrl-C, or a service manager's SIGTERM.
        catch (OperationCanceledException)
        {
            await host.Errors.WriteLineAsync($"{Name}: interrupted.").ConfigureAwait(false);
            return ExitCode.Interrupted;
        }
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
        var problems = parsed.CommandResult.Command.Subcommands.Count == 0 ? string.Join(" ", parsed.Errors.Select(static e => e.Message))
            : parsed.UnmatchedTokens is [{ } unknown, ..] ? $"\"{unknown}\" is no verb."
            : "No verb is given.";
        host.Errors.WriteLine($"{Name}: {problems} Next: {HelpPage.PathOf(parsed.CommandResult)} --help.");
        return ExitCode.Usage;
    }
}
