using GrpcKerberos.Shared;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Architecture;

public class SourceRulesTests
{
    private const int LongestFile = 400;
    private const int LongestMedian = 100;

    public static TheoryData<string> RuleNames => [.. SourceRules.All.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Source_OfEverythingShipped_KeepsTheRule(string rule) =>
        Assert.Empty(Repository.CSharpFiles("src").SelectMany(f => Rule(rule).Scan(f.Path, f.Text)));

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Allowed_EveryFile_StillExists(string rule) =>
        Assert.All(Rule(rule).Allowed.Keys.Where(a => !a.EndsWith('/')), a => Assert.True(File.Exists(Repository.PathOf($"src/{a}")), a));

    [Theory]
    [InlineData("AmbientClock", "var t = DateTime.Now;")]
    [InlineData("AmbientClock", "var t = System.DateTimeOffset.UtcNow;")]
    [InlineData("AmbientClock", "var t = DateTime.Today;")]
    [InlineData("AmbientClock", "var t = Environment.TickCount64;")]
    [InlineData("AmbientClock", "var t = $\"{DateTime.UtcNow}\";")]
    [InlineData("SequenceEqual", "if (mac.SequenceEqual(expected)) return;")]
    [InlineData("SequenceEqual", "Enumerable.SequenceEqual(a, b);")]
    [InlineData("Console", "Console.WriteLine(1);")]
    [InlineData("Console", "System.Console.Error.Write(1);")]
    [InlineData("Sleep", "Thread.Sleep(1);")]
    [InlineData("Delay", "await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);")]
    [InlineData("Delay", "await Task.Delay(\n    1000);")]
    [InlineData("Delay", "using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));")]
    [InlineData("Random", "var r = new Random();")]
    [InlineData("Random", "var r = Random.Shared.Next();")]
    [InlineData("Random", "var r = Guid.NewGuid();")]
    [InlineData("BannedApiSilenced", "#pragma warning disable CA1000, RS0030")]
    public void Scan_PlantedViolation_IsFound(string rule, string code) => Assert.Single(Rule(rule).Scan("GrpcKerberos/Planted.cs", code));

    [Theory]
    [InlineData("AmbientClock", "// DateTime.Now is banned")]
    [InlineData("AmbientClock", "var t = _time.GetUtcNow(); var s = \"DateTime.Now\";")]
    [InlineData("Console", "string Console { get; }")]
    [InlineData("Delay", "await Task.Delay(TimeSpan.FromSeconds(1), _timeProvider, cancellationToken);")]
    [InlineData("Delay", "await Task.Delay(Wait(a, (b)), options.TimeProvider);")]
    [InlineData("Delay", "using var timer = new PeriodicTimer(period, time);")]
    [InlineData("Random", "RandomNumberGenerator.Fill(octets);")]
    public void Scan_WhatIsAllowed_IsNotFound(string rule, string code) => Assert.Empty(Rule(rule).Scan("GrpcKerberos/Planted.cs", code));

    [Fact]
    public void Scan_AllowedFile_IsNotFoundAndItsNeighbourIs()
    {
        Assert.Empty(Rule("SequenceEqual").Scan("GrpcKerberos.Protocol/Messages/HostAddress.cs", "a.SequenceEqual(b);"));
        Assert.Empty(Rule("Console").Scan("GrpcKerberos.Tool/Program.cs", "Console.Write(1);"));

        Assert.Single(Rule("SequenceEqual").Scan("GrpcKerberos.Protocol/Messages/HostAddresses.cs", "a.SequenceEqual(b);"));
        Assert.Single(Rule("Console").Scan("GrpcKerberos/Tool/Program.cs", "Console.Write(1);"));
    }

    [Fact]
    public void Source_OfEverythingShipped_KeepsFilesSmall()
    {
        var sizes = Repository.CSharpFiles("src").Select(f => (f.Path, Lines: f.Text.AsSpan().Count('\n'))).OrderBy(f => f.Lines).ToList();

        Assert.Empty(sizes.Where(f => f.Lines > LongestFile).Select(f => $"{f.Path} has {f.Lines} lines. Next: split it where a step of the protocol ends."));
        Assert.InRange(sizes[sizes.Count / 2].Lines, 1, LongestMedian);
    }

    [Theory]
    [InlineData("a // b\nc", "a     \nc")]
    [InlineData("a /* b\n */ c", "a     \n    c")]
    [InlineData("\"a // b\" c", "         c")]
    [InlineData("@\"a\"\"\\\" c", "        c")]
    [InlineData("\"\"\"a \" b\"\"\" c", "            c")]
    [InlineData("'\"' c", "    c")]
    [InlineData("$\"{a}\" c", "$\"{a}\" c")]
    [InlineData("\"\\\"\" c", "     c")]
    public void CodeOnly_OfSource_BlanksWhatIsNoCode(string source, string code) => Assert.Equal(code, SourceText.CodeOnly(source));

    private static SourceRule Rule(string name) => SourceRules.All.Single(r => r.Name == name);
}
