namespace GrpcKerberos.Tool.Output;

/// <summary>The library's texts in their two parts: what happened, and what to do.</summary>
/// <param name="Text">A sentence.</param>
/// <param name="Next">Another one, without its <c>Next:</c>; null where there is none.</param>
internal sealed record Advice(string Text, string? Next)
{
    private const string Mark = "Next: ";

    /// <param name="message">One text, or several a line each: those after the first follow its Next.</param>
    public static Advice Of(string message)
    {
        message = message.ReplaceLineEndings(" ");
        var at = message.IndexOf(Mark, StringComparison.Ordinal);
        return at < 0 ? new Advice(message.Trim(), null) : new Advice(message[..at].Trim(), message[(at + Mark.Length)..].Trim());
    }
}
