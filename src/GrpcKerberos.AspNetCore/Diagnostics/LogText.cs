using System.Globalization;

namespace GrpcKerberos.AspNetCore.Diagnostics;

/// <summary>Text that a peer had a hand in, made fit for a log: one line that reads as it is written, of bounded length.</summary>
internal static class LogText
{
    private const int MaxLength = 1024;

    public static string Of(string text)
    {
        if (text.Length <= MaxLength && !text.Any(IsUnfit)) return text;
        var length = Math.Min(text.Length, MaxLength);
        return string.Create(length, text, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++) target[i] = IsUnfit(source[i]) ? '?' : source[i];
        });
    }

    /// <summary>Control characters, other ends of lines, and what is not seen but turns or hides what stands around it.</summary>
    private static bool IsUnfit(char c) => !char.IsAscii(c)
        ? char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        : char.IsControl(c);
}
