namespace GrpcKerberos.AspNetCore.Diagnostics;

/// <summary>Text that a peer had a hand in, made fit for a log: one line, no control characters, of bounded length.</summary>
internal static class LogText
{
    private const int MaxLength = 1024;

    public static string Of(string text)
    {
        if (text.Length <= MaxLength && !text.Any(char.IsControl)) return text;
        var length = Math.Min(text.Length, MaxLength);
        return string.Create(length, text, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++) target[i] = char.IsControl(source[i]) ? '?' : source[i];
        });
    }
}
