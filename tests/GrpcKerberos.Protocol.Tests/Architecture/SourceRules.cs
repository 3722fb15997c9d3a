namespace GrpcKerberos.Protocol.Tests.Architecture;

/// <summary>The house rules that a search can keep.</summary>
internal static class SourceRules
{
    private const string TakesTimeProvider = @"(?i)\btime(provider)?\b|\b_time(provider)?\b|clock";

    public static IReadOnlyList<SourceRule> All { get; } =
    [
        new("AmbientClock", @"\b(DateTime|DateTimeOffset)\s*\.\s*(Now|UtcNow|Today)\b|\bEnvironment\s*\.\s*TickCount|\bStopwatch\b", "Next: take the time from the TimeProvider."),
        new("SequenceEqual", @"\bSequenceEqual\b|\bSequenceCompareTo\b", "Next: compare by CryptographicOperations.FixedTimeEquals, or list the file here with the reason why its octets are public.")
        {
            Allowed = new Dictionary<string, string>
            {
                ["GrpcKerberos.Protocol/Messages/HostAddress.cs"] = "A network address is no secret, and its length tells its family.",
                ["GrpcKerberos.Protocol/Sessions/MicToken.cs"] = "A MIC's header travels in plaintext; its MAC is verified by the key, in fixed time.",
                ["GrpcKerberos.Protocol/Kdc/TicketNeed.cs"] = "Both tickets are the client's own, sealed as the KDC sent them; no peer chooses either.",
                ["GrpcKerberos.Protocol/Pac/CallerData.cs"] = "What a verified ticket says of its caller, against what one before it said.",
                ["GrpcKerberos.Protocol/Pac/GroupSids.cs"] = "The same: groups out of two verified tickets.",
                ["GrpcKerberos.Protocol/ApExchange/Gss/Mechanisms.cs"] = "The names of mechanisms are in every RFC of theirs.",
                ["GrpcKerberos.AspNetCore/Identity/PrincipalPattern.cs"] = "The name of a caller who has proved it, against a pattern of the configuration.",
            },
        },
        new("Console", @"\bConsole\s*\.", "Next: log through ILogger, or return a value.")
        {
            Allowed = new Dictionary<string, string> { ["GrpcKerberos.Tool/"] = "It is a command line program." },
        },
        new("Sleep", @"\bThread\s*\.\s*Sleep\b|\bSpinWait\b", "Next: wait for what is to happen."),
        new("Delay", @"\bTask\s*\.\s*Delay\s*\(|\bnew\s+PeriodicTimer\s*\(|\bnew\s+(System\.Threading\.)?Timer\s*\(", "Next: hand it the TimeProvider.") { UnlessArguments = TakesTimeProvider },
        new("Random", @"\bnew\s+(System\.)?Random\b|\bRandom\s*\.\s*Shared\b|\bGuid\s*\.\s*NewGuid\b", "Next: take octets from RandomNumberGenerator."),
        new("BannedApiSilenced", @"#pragma\s+warning\s+disable\s[^\n]*\bRS0030\b|SuppressMessage\([^\n]*RS0030", "Next: do without the banned API; BannedSymbols.txt says what to take."),
    ];
}
