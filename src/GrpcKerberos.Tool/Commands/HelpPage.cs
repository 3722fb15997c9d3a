using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace GrpcKerberos.Tool.Commands;

/// <summary>Prints the page of a command: a text of its own in Help/, since what an option is for takes more than a line.</summary>
internal sealed class HelpPage : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.Write(Text(PathOf(parseResult.CommandResult)));
        return ExitCode.Passed;
    }

    /// <summary><c>grpc-kerberos doctor client</c>.</summary>
    public static string PathOf(CommandResult result) => result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : CommandLine.Name;

    /// <summary>The page by that name.</summary>
    public static string Text(string path)
    {
        using var page = new StreamReader(typeof(HelpPage).Assembly.GetManifestResourceStream(path.Replace(' ', '-'))
            ?? throw new InvalidOperationException($"{path} has no page in Help."));
        return page.ReadToEnd();
    }
}
