using System.Globalization;

namespace GrpcKerberos.AspNetCore.Diagnostics;

/// <summary>Text that a peer had a hand in, made fit for a log: one line that reads as it is written, of bounded length.</summary>
internal static class LogText
{
    private const int MaxLength = 1024;

    /// <param name="text">The text.</param>
    /// <param name="maxLength">Characters that are kept.</param>
    public static string Of(string text, int maxLength = MaxLength)
    {
        if (text.Length <= maxLength && !HasUnfit(text)) return text;
        var length = Math.Min(text.Length, maxLength);
        return string.Create(length, text, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++) target[i] = IsUnfit(source, i) ? '?' : source[i];
        });
    }

    /// <summary>What the application's code threw, by its types alone: what it says may hold anything.</summary>
    public static string Thrown(Exception exception) =>
        $"threw {exception.GetType().Name}{(exception.InnerException is { } inner ? $" ({inner.GetType().Name})" : "")}";

    private static bool HasUnfit(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (IsUnfit(text, i)) return true;
        }

        return false;
    }

    /// <summary>Control characters, other ends of lines, half a character, and what is not seen but turns or hides what stands around it.</summary>
    private static bool IsUnfit(string text, int at)
    {
        if (char.IsAscii(text[at])) return char.IsControl(text[at]);
        // Each half of a pair is judged by the whole: there are unseen letters among those too.
        if (char.IsLowSurrogate(text[at]) && at > 0 && char.IsHighSurrogate(text[at - 1])) at--;
        return CharUnicodeInfo.GetUnicodeCategory(text, at) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
    }
}
