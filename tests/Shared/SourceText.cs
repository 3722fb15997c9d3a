using System.Text.RegularExpressions;

namespace GrpcKerberos.Shared;

/// <summary>C# source without what the compiler does not read as code.</summary>
internal static partial class SourceText
{
    /// <summary>
    /// Blanks comments, characters and plain strings; line breaks stay, so that line numbers do. Interpolated strings stay whole,
    /// because there is code in them.
    /// </summary>
    public static string CodeOnly(string source) => Tokens().Replace(
        source,
        static token => token.Value.StartsWith('$') || token.Value.StartsWith("@$", StringComparison.Ordinal) ? token.Value : NotALineBreak().Replace(token.Value, " "));

    public static int LineOf(string source, int index) => source.AsSpan(0, index).Count('\n') + 1;

    [GeneratedRegex("""
        //[^\n]*|/\*[\s\S]*?\*/|\$*\"{3,}[\s\S]*?\"{3,}|(?:\$@|@\$|@)"(?:[^"]|"")*"|\$?"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'
        """, RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Tokens();

    [GeneratedRegex(@"[^\n]")]
    private static partial Regex NotALineBreak();
}
