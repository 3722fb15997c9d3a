namespace GrpcKerberos.Protocol.Tests.Architecture;

/// <summary>The braces of an .editorconfig section: <c>{a,b/{c,d}}</c> stands for a, b/c and b/d.</summary>
internal static class EditorConfigGlob
{
    public static IEnumerable<string> Expand(string glob)
    {
        var open = glob.IndexOf('{', StringComparison.Ordinal);
        if (open < 0) return [glob];
        var (choices, end) = Choices(glob, open);
        return choices.SelectMany(choice => Expand(glob[..open] + choice + glob[end..]));
    }

    /// <summary>What stands between the commas of the brace at <paramref name="open"/>, and where its end is.</summary>
    private static (List<string> Choices, int End) Choices(string glob, int open)
    {
        var choices = new List<string>();
        var start = open + 1;
        for (int i = open + 1, depth = 1; i < glob.Length; i++)
        {
            if (glob[i] == '{') depth++;
            if (glob[i] == '}') depth--;
            if (depth > 1 || (depth == 1 && glob[i] != ',')) continue;
            choices.Add(glob[start..i]);
            start = i + 1;
            if (depth == 0) return (choices, i + 1);
        }

        throw new FormatException("A brace is not closed.");
    }
}
