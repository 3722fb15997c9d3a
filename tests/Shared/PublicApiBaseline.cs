using System.Reflection;

namespace GrpcKerberos.Shared;

/// <summary>The reviewed public surface of an assembly, kept as a text file beside the tests.</summary>
internal static class PublicApiBaseline
{
    private const string AcceptVariable = "GRPCKERBEROS_ACCEPT_API";

    /// <summary>Empty where the assembly is as reviewed; else what is new, what is gone, and how to accept it.</summary>
    public static string Check(string assembly, string folder)
    {
        var file = Repository.PathOf($"{folder}/{assembly}.txt");
        var actual = PublicApiText.Of(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1") File.WriteAllText(file, string.Concat(actual.Select(l => l + "\n")));
        var reviewed = File.ReadAllLines(file);
        var difference = Difference(reviewed, actual);
        // A file of its own order would change it, without a word about the API, with the next who accepts anything.
        if (difference.Count == 0 && !reviewed.SequenceEqual(actual)) difference = ["the order of its lines alone"];
        if (difference.Count == 0) return "";
        return $"The public API of {assembly} is not the one reviewed (+ new, - gone):\n{string.Join('\n', difference)}\n"
            + $"Next: where that is meant, run the test once with {AcceptVariable}=1 and commit {folder}/{assembly}.txt; else make it internal.";
    }

    public static IReadOnlyList<string> Difference(IReadOnlyList<string> reviewed, IReadOnlyList<string> actual)
    {
        var before = Qualified(reviewed).ToHashSet();
        var now = Qualified(actual).ToHashSet();
        return [.. now.Except(before).Select(l => "+ " + l), .. before.Except(now).Select(l => "- " + l)];
    }

    /// <summary>A member's line with its type's name, because on its own it says little.</summary>
    private static IEnumerable<string> Qualified(IEnumerable<string> lines)
    {
        var type = "";
        foreach (var line in lines)
        {
            if (!line.StartsWith(' ')) type = line.Split(" : ")[0].Split(' ')[^1];
            yield return line.StartsWith(' ') ? $"{type}: {line.Trim()}" : line;
        }
    }
}
