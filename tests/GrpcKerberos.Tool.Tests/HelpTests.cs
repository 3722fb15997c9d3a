using System.CommandLine;
using System.Text.RegularExpressions;
using GrpcKerberos.Tool.Commands;

namespace GrpcKerberos.Tool.Tests;

/// <summary>A page each, and nothing in a page that is not there, nor the other way round.</summary>
public sealed partial class HelpTests
{
    public static TheoryData<string> Verbs => [.. Commands().Select(static c => c.Path)];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task APage_HasTheOptionsOfItsVerb_AndNoOthers(string path)
    {
        var command = Commands().Single(c => c.Path == path).Command;
        var own = command.Options.SelectMany(static o => o.Aliases.Append(o.Name)).Where(static n => n.StartsWith("--", StringComparison.Ordinal)).ToHashSet();

        var run = await ToolRun.Of([.. path.Split(' ')[1..], "--help"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.StartsWith($"{path}: ", run.Output, StringComparison.Ordinal);
        var told = OptionName().Matches(run.Output).Select(static m => m.Value).Distinct().ToHashSet();
        // Every verb has --help; the first page alone says so.
        if (command is not RootCommand) own.Remove("--help");
        Assert.Equal(own.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
        Assert.All(run.Output.Split('\n'), static line => Assert.InRange(line.Length, 0, 120));
    }

    [Theory]
    [InlineData("", "grpc-kerberos: No verb is given. Next: grpc-kerberos --help.\n")]
    [InlineData("--json", "grpc-kerberos: \"--json\" is no verb. Next: grpc-kerberos --help.\n")]
    [InlineData("doctor bogus", "grpc-kerberos: \"bogus\" is no verb. Next: grpc-kerberos doctor --help.\n")]
    [InlineData("doctor client --keytab a --ccache b", "grpc-kerberos: --keytab and --ccache are two logins: keep one of them. Next: grpc-kerberos doctor client --help.\n")]
    [InlineData("decode --kind nope AAAA",
        "grpc-kerberos: --kind \"nope\" is none of authorization, negotiate, authentication-info, www-authenticate, ap-req, ap-rep, krb-error, gss. Next: grpc-kerberos decode --help.\n")]
    [InlineData("klist --bogus", "grpc-kerberos: \"--bogus\" is no option here. Next: grpc-kerberos klist --help.\n")]
    [InlineData("klist -k --all", "grpc-kerberos: --all is of credential caches, and --keytab lists no such. Next: grpc-kerberos klist --help.\n")]
    public async Task WhatIsNoCommandLine_IsToldWhereToLook(string arguments, string text)
    {
        var run = await ToolRun.Of(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((2, "", text), (run.ExitCode, run.Output, run.Errors));
    }

    private static List<(string Path, Command Command)> Commands()
    {
        using var nothing = new StringWriter();
        return All(CommandLine.Name, CommandLine.Root(new ToolHost { Input = TextReader.Null, Output = nothing, Errors = nothing }));
    }

    private static List<(string Path, Command Command)> All(string path, Command command)
    {
        List<(string, Command)> own = [(path, command)];
        foreach (var inner in command.Subcommands) own.AddRange(All($"{path} {inner.Name}", inner));
        return own;
    }

    [GeneratedRegex("--[a-z][a-z0-9-]*")]
    private static partial Regex OptionName();
}
