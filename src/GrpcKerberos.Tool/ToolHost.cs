namespace GrpcKerberos.Tool;

/// <summary>What the tool takes from the process around it, so that tests bring their own.</summary>
internal sealed record ToolHost
{
    public required TextReader Input { get; init; }

    public required TextWriter Output { get; init; }

    public required TextWriter Errors { get; init; }

    /// <summary>Whether <see cref="Output"/> is a terminal: only there is colour.</summary>
    public bool IsTerminal { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Looks a variable up.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    public static ToolHost OfThisProcess() => new()
    {
        Input = Console.In,
        Output = Console.Out,
        Errors = Console.Error,
        IsTerminal = !Console.IsOutputRedirected,
    };
}
