using GrpcKerberos.Tool.Commands;

namespace GrpcKerberos.Tool;

internal static class Program
{
    private static Task<int> Main(string[] args) => CommandLine.RunAsync(args, ToolHost.OfThisProcess());
}
