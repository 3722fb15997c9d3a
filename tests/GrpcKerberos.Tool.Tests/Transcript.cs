using System.Text.RegularExpressions;
using GrpcKerberos.Testing;

namespace GrpcKerberos.Tool.Tests;

/// <summary>What is another with each run, replaced by a word.</summary>
internal static partial class Transcript
{
    public static string Of(ToolRun run, TestRealm realm) =>
        Elapsed().Replace(run.Output.Replace(realm.Kdc, "KDC", StringComparison.Ordinal).Replace(realm.Directory, "DIR", StringComparison.Ordinal), "in N ms");

    [GeneratedRegex("in [0-9]+ ms")]
    private static partial Regex Elapsed();
}
