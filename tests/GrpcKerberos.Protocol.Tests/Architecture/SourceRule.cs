using System.Text.RegularExpressions;
using GrpcKerberos.Shared;

namespace GrpcKerberos.Protocol.Tests.Architecture;

/// <summary>Something src/ may not say, and the few files that may, each with the reason.</summary>
internal sealed record SourceRule(string Name, string Pattern, string Why)
{
    /// <summary>Files (or folders, with a slash at the end) below src/, and why they are right to.</summary>
    public IReadOnlyDictionary<string, string> Allowed { get; init; } = new Dictionary<string, string>();

    /// <summary>For a call: what its arguments must hold to be fine after all.</summary>
    public string? UnlessArguments { get; init; }

    public IEnumerable<string> Scan(string path, string source)
    {
        if (Allowed.Keys.Any(a => a.EndsWith('/') ? path.StartsWith(a, StringComparison.Ordinal) : path == a)) yield break;
        var code = SourceText.CodeOnly(source);
        foreach (Match found in Regex.Matches(code, Pattern))
        {
            if (UnlessArguments is not null && Regex.IsMatch(ArgumentsAt(code, found.Index + found.Length), UnlessArguments)) continue;
            yield return $"{path}:{SourceText.LineOf(code, found.Index)}: {found.Value.Trim()}. {Why}";
        }
    }

    /// <summary>The text from behind an opening bracket up to the one that closes it.</summary>
    private static string ArgumentsAt(string code, int start)
    {
        var depth = 1;
        var end = start;
        for (; end < code.Length && depth > 0; end++) depth += code[end] switch { '(' => 1, ')' => -1, _ => 0 };
        return code[start..end];
    }
}
