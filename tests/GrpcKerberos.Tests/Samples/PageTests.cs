using System.Text.RegularExpressions;
using GrpcKerberos.Protocol;
using GrpcKerberos.Shared;
using Xunit;

namespace GrpcKerberos.Tests.Samples;

public partial class PageTests
{
    private const string Troubleshooting = "src/GrpcKerberos/TROUBLESHOOTING.md";

    public static TheoryData<string> Pages =>
        [.. SampleText.Pages, "CHANGELOG.md", "CONTRIBUTING.md", "protos/README.md", "tests/GrpcKerberos.Benchmarks/README.md", ".nuget/README.md"];

    [Theory, MemberData(nameof(Pages))]
    public void LinksOfAPage_LeadSomewhere(string page) => Assert.Empty(Dead(page, File.ReadAllText(Repository.PathOf(page))));

    [Theory]
    [InlineData("[a](OPTIONS.md)", "OPTIONS.md")]
    [InlineData("[a](README.md#no-such-heading)", "README.md#no-such-heading")]
    [InlineData("[a](#no-such-heading)", "#no-such-heading")]
    public void ALinkToNothing_IsFound(string text, string link)
    {
        Assert.Empty(Dead(Troubleshooting, "[a](README.md#options) [b](#no-login) [c](../GrpcKerberos.Testing) [d](https://nowhere.example/x)"));

        Assert.Equal([link], Dead(Troubleshooting, text));
    }

    [Fact]
    public void Troubleshooting_HasEachError()
    {
        var page = File.ReadAllText(Repository.PathOf(Troubleshooting));

        Assert.All(Enum.GetNames<KerberosError>(), name => Assert.Contains($"**{name}**", page, StringComparison.Ordinal));
    }

    /// <summary>Links of a page to files that are not there, or to headings those do not have.</summary>
    private static IEnumerable<string> Dead(string page, string text)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(page))!;
        foreach (var link in Link().Matches(Fence().Replace(text, "")).Select(m => m.Groups[1].Value))
        {
            if (link.StartsWith("https://", StringComparison.Ordinal)) continue;
            var (file, heading) = link.Split('#') is [var f, var h] ? (f, h) : (link, "");
            var target = file.Length == 0 ? Repository.PathOf(page) : Path.Combine(folder, file);
            if (heading.Length == 0 ? !Path.Exists(target) : !File.Exists(target) || !Headings(target).Contains(heading)) yield return link;
        }
    }

    /// <summary>As GitHub names them: lower case, hyphens for blanks, no other marks.</summary>
    private static IEnumerable<string> Headings(string file) =>
        Heading().Matches(Fence().Replace(File.ReadAllText(file).ReplaceLineEndings("\n"), ""))
            .Select(m => Marks().Replace(m.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Marks();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
