using System.Text.RegularExpressions;
using GrpcKerberos.Shared;

namespace GrpcKerberos.Tests.Samples;

/// <summary>The C# that users are told to copy: every <c>```csharp</c> block of the repository's pages for them.</summary>
internal static partial class SampleText
{
    private static readonly string[] s_folders = ["src", "examples"];

    /// <summary>README.md, and the pages in src and examples; relative to the repository's root, with forward slashes.</summary>
    public static IEnumerable<string> Pages =>
        s_folders.SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.md", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(page => !page.Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal)
            .Prepend("README.md");

    /// <summary>The blocks of a page in their order, as they stand there.</summary>
    public static IReadOnlyList<string> Of(string page) => [.. Block().Matches(File.ReadAllText(Repository.PathOf(page)).ReplaceLineEndings("\n")).Select(m => m.Groups[1].Value)];

    /// <summary>A test without its class, which no file compiles alone: it must stand in <see cref="RunTests"/> as it is, and runs there.</summary>
    /// <remarks>The README's is a whole file for a reader's own project: it is compiled as one, and tests/packages.sh runs it as one.</remarks>
    public static bool IsTest(string block) => block.StartsWith("[Fact]", StringComparison.Ordinal) || block.StartsWith("[Theory]", StringComparison.Ordinal);

    /// <summary>The tests of the Greeter, from which READMEs quote, without the indentation of their class.</summary>
    public static string RunTests => Indentation().Replace(File.ReadAllText(Repository.PathOf("examples/Greeter/Tests/GreeterTests.cs")).ReplaceLineEndings("\n"), "");

    [GeneratedRegex("^ {4}", RegexOptions.Multiline)]
    private static partial Regex Indentation();

    [GeneratedRegex("^```csharp\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
