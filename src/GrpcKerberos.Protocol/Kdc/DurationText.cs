using System.Globalization;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Durations as messages have them, two units at most: <c>10 s</c>, <c>7 min 12 s</c>, <c>2 h 10 min</c>.</summary>
internal static class DurationText
{
    public static string Of(TimeSpan span)
    {
        var d = span.Duration();
        if (d.TotalDays >= 1) return Two((int)d.TotalDays, "d", d.Hours, "h");
        if (d.TotalHours >= 1) return Two(d.Hours, "h", d.Minutes, "min");
        return d.TotalMinutes >= 1 ? Two(d.Minutes, "min", d.Seconds, "s") : One(d.Seconds, "s");
    }

    private static string One(int value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value} {unit}");

    private static string Two(int first, string firstUnit, int second, string secondUnit) =>
        second == 0 ? One(first, firstUnit) : $"{One(first, firstUnit)} {One(second, secondUnit)}";
}
