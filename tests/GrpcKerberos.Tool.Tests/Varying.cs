using System.Text.RegularExpressions;

namespace GrpcKerberos.Tool.Tests;

/// <summary>What is another with each run, put by words or by numbers that stand still.</summary>
/// <param name="Elapsed">For <c>in 3 ms</c>.</param>
/// <param name="Clock">For <c>clock +0.2 s</c>.</param>
/// <param name="Left">For <c>, 9 h 26 min left</c>.</param>
/// <param name="Size">For <c>, 821 B of</c>.</param>
/// <param name="Moment">For <c>2026-11-22T09:05:00Z</c>.</param>
/// <param name="Day">For <c>2027-03-01</c>.</param>
internal sealed partial record Varying(string Elapsed, string Clock, string Left, string Size, string Moment, string Day)
{
    public static Varying AsWords { get; } = new("in N ms", "clock N s", ", N left", ", N B of", "TIME", "DAY");

    /// <summary>As README.md has them.</summary>
    public static Varying AsExample { get; } = new("in 3 ms", "clock +0.2 s", ", 9 h 26 min left", ", 821 B of", "2026-11-22T09:05:00Z", "2027-03-01");

    public string Still(string text)
    {
        text = ElapsedText().Replace(text, Elapsed);
        text = ClockText().Replace(text, Clock);
        text = LeftText().Replace(text, Left);
        text = SizeText().Replace(text, Size);
        text = MomentText().Replace(text, Moment);
        return DayText().Replace(text, Day);
    }

    [GeneratedRegex("in [0-9]+ ms")]
    private static partial Regex ElapsedText();

    [GeneratedRegex("clock [+-][0-9.]+ s")]
    private static partial Regex ClockText();

    [GeneratedRegex(", [0-9]+ [a-z]+( [0-9]+ [a-z]+)? left")]
    private static partial Regex LeftText();

    [GeneratedRegex(", [0-9,]+ B of")]
    private static partial Regex SizeText();

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z")]
    private static partial Regex MomentText();

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}(?!T)")]
    private static partial Regex DayText();
}
