using GrpcKerberos.Testing;

namespace GrpcKerberos.Tool.Tests;

/// <summary>What was printed, with words for what is another with each run.</summary>
internal static class Transcript
{
    public static string Of(ToolRun run, TestRealm realm) =>
        Varying.AsWords.Still(run.Output.Replace(realm.Kdc, "KDC", StringComparison.Ordinal).Replace(realm.Directory, "DIR", StringComparison.Ordinal));
}
