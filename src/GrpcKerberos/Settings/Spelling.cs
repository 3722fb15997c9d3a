namespace GrpcKerberos.Settings;

/// <summary>What a misspelt name was meant to be.</summary>
internal static class Spelling
{
    private const int MaxLength = 64;

    /// <summary>The nearest name, if no more than a third of it is wrong.</summary>
    public static string? Nearest(string word, IEnumerable<string> names)
    {
        if (word.Length > MaxLength) return null;
        var (near, distance) = names.Select(n => (n, Distance(word.ToUpperInvariant(), n.ToUpperInvariant()))).MinBy(static p => p.Item2);
        return distance <= near.Length / 3 ? near : null;
    }

    /// <summary>Levenshtein: letters to add, drop or change.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
