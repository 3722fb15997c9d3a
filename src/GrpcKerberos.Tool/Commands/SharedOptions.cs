using System.CommandLine;

namespace GrpcKerberos.Tool.Commands;

/// <summary>Options that several verbs have; their texts stand in the pages of Help/.</summary>
internal static class SharedOptions
{
    /// <summary>What names a file that stands there, for messages that say which setting to mend.</summary>
    public const string Origin = "the command line";

    /// <summary>An argument that may be left out. What looks like an option is one that is misspelt, and no file.</summary>
    public static Argument<string?> Argument(string name)
    {
        var argument = new Argument<string?>(name) { Arity = ArgumentArity.ZeroOrOne };
        argument.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: ['-', _, ..] value }]) result.AddError($"\"{value}\" is no option here.");
        });
        return argument;
    }

    public static Option<bool> Json() => new("--json");

    public static Option<string?> Keytab() => new("--keytab");

    public static Option<string?> Cache() => new("--ccache");

    public static Option<string?> Krb5Config() => new("--krb5-config");
}
