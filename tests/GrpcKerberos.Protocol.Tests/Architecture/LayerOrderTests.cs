using GrpcKerberos.Shared;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Architecture;

/// <summary>Folders of Protocol are ranked, and no file uses what is ranked right of it.</summary>
public class LayerOrderTests
{
    private const string Source = "src/GrpcKerberos.Protocol";

    private static readonly LayerScanner s_planted = new(new HashSet<string> { "Messages/KerberosPrincipal.cs", "ApExchange/Replay/IReplayCache.cs" });

    [Fact]
    public void Protocol_EveryFile_KeepsTheOrderOfLayers()
    {
        var files = Repository.CSharpFiles(Source);
        Assert.NotEmpty(files);

        var scanner = new LayerScanner(PublicFiles());

        Assert.Empty(files.SelectMany(f => scanner.Scan(f.Path, f.Text)));
    }

    [Fact]
    public void EditorConfig_ListOfPublicTypes_IsRead()
    {
        var files = PublicFiles();

        Assert.Contains("Messages/KerberosPrincipal.cs", files);
        Assert.Contains("Registry/KerberosException.cs", files);
        Assert.DoesNotContain(files, f => f.Contains('{', StringComparison.Ordinal) || f.Contains(',', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a{b,c}d", "abd|acd")]
    [InlineData("{R/{x,y},M/z}.cs", "R/x.cs|R/y.cs|M/z.cs")]
    [InlineData("plain", "plain")]
    public void Braces_OfAGlob_ExpandToEveryPath(string glob, string paths) => Assert.Equal(paths.Split('|'), EditorConfigGlob.Expand(glob));

    [Theory]
    [InlineData("using GrpcKerberos.Protocol.Kdc;")]
    [InlineData("using static GrpcKerberos.Protocol.Kdc.Locator;")]
    [InlineData("using L = GrpcKerberos.Protocol.Kdc.Locator;")]
    [InlineData("using GrpcKerberos.Protocol . Kdc;")]
    [InlineData("class C { Kdc.Locator L; }")]
    [InlineData("class C { Protocol.Kdc.Locator L; }")]
    [InlineData("class C { global::GrpcKerberos.Protocol.Kdc.Locator L; }")]
    [InlineData("class C { string S => $\"{Kdc.Locator.Name}\"; }")]
    [InlineData("using GrpcKerberos.Protocol.ApExchange.Accept;")]
    [InlineData("class C { IReplayCache Cache; }")]
    [InlineData("/* a comment */ using GrpcKerberos.Protocol.Crypto;")]
    [InlineData("class C { string S = \"// no comment\"; Kdc.Locator L; }")]
    public void Scan_ReferenceToTheRight_IsFound(string violation)
    {
        Assert.Empty(s_planted.Scan("Messages/Planted.cs", Planted("Messages", "using GrpcKerberos.Protocol.Registry;")));

        Assert.Single(s_planted.Scan("Messages/Planted.cs", Planted("Messages", violation)));
    }

    [Theory]
    [InlineData("using GrpcKerberos.Protocol.Messages;")]
    [InlineData("class C { Registry.KeyUsage U; KerberosPrincipal P; }")]
    [InlineData("// using GrpcKerberos.Protocol.Kdc;")]
    [InlineData("/// <see cref=\"Kdc.Locator\"/>")]
    [InlineData("class C { string S = \"Kdc.Locator\"; }")]
    [InlineData("class C { int N => options.Kdc.Count; }")]
    [InlineData("class C { Crypto.KeyRing K; MyKdc.X X; }")]
    public void Scan_WhatIsAllowed_IsNotFound(string allowed) => Assert.Empty(s_planted.Scan("Crypto/Planted.cs", Planted("Crypto", allowed)));

    [Theory]
    [InlineData("Messages/Planted.cs", "GrpcKerberos.Protocol")]
    [InlineData("ApExchange/Accept/Planted.cs", "GrpcKerberos.Protocol.ApExchange")]
    [InlineData("Messages/KerberosPrincipal.cs", "GrpcKerberos.Protocol.Messages")]
    [InlineData("Other/Planted.cs", "GrpcKerberos.Protocol.Other")]
    public void Scan_FileInTheWrongPlace_IsFound(string path, string declared)
    {
        Assert.Empty(s_planted.Scan("ApExchange/Accept/Planted.cs", "namespace GrpcKerberos.Protocol.ApExchange.Accept;"));
        Assert.Empty(s_planted.Scan("Messages/KerberosPrincipal.cs", "namespace GrpcKerberos.Protocol;"));

        Assert.Single(s_planted.Scan(path, $"namespace {declared};"));
    }

    [Fact]
    public void Scan_GlobalUsing_IsFoundWhereverItStands()
    {
        Assert.Single(s_planted.Scan("Usings.cs", "global using GrpcKerberos.Protocol.Kdc;"));
        Assert.Single(s_planted.Scan("Messages/Usings.cs", "global using GrpcKerberos.Protocol.Kdc;"));
    }

    private static string Planted(string layer, string line) => line.StartsWith("using", StringComparison.Ordinal)
        ? $"{line}\n\nnamespace GrpcKerberos.Protocol.{layer};\n"
        : $"namespace GrpcKerberos.Protocol.{layer};\n\n{line}\n";

    private static HashSet<string> PublicFiles()
    {
        var section = File.ReadLines(Repository.PathOf(".editorconfig")).Single(l => l.StartsWith($"[{Source}/", StringComparison.Ordinal));
        return [.. EditorConfigGlob.Expand(section.Trim('[', ']')[(Source.Length + 1)..])];
    }
}
