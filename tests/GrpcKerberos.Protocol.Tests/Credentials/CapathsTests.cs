using GrpcKerberos.Protocol.Credentials;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Credentials;

/// <summary>The example of MIT krb5's documentation of [capaths], and what it leaves to the reader.</summary>
public sealed class CapathsTests
{
    private const string Documented = """
        [capaths]
            ANL.GOV = {
                TEST.ANL.GOV = .
                PNL.GOV = ES.NET
                NERSC.GOV = ES.NET
                ES.NET = .
            }
            TEST.ANL.GOV = {
                ANL.GOV = .
            }
            NERSC.GOV = {
                TEST.ANL.GOV = ES.NET
                TEST.ANL.GOV = ANL.GOV
            }
        """;

    [Theory]
    [InlineData("ANL.GOV", "PNL.GOV", new[] { "ES.NET" })]
    [InlineData("NERSC.GOV", "TEST.ANL.GOV", new[] { "ES.NET", "ANL.GOV" })]
    [InlineData("ANL.GOV", "TEST.ANL.GOV", new string[0])]
    public void PathBetween_PairOfTheFile_RealmsInTheOrderTheyArePassed(string client, string server, string[] expected) =>
        Assert.Equal(expected, Read(Documented).PathBetween(client, server));

    [Theory]
    [InlineData("PNL.GOV", "ANL.GOV")] // the way back is another entry
    [InlineData("ANL.GOV", "anl.gov")]
    [InlineData("ANL.GOV", "CORP.EXAMPLE")]
    [InlineData("CORP.EXAMPLE", "ANL.GOV")]
    public void PathBetween_PairTheFileDoesNotName_Null(string client, string server) =>
        Assert.Null(Read(Documented).PathBetween(client, server));

    [Fact]
    public void PathBetween_NoSection_Null() => Assert.Null(Krb5Config.Empty.Capaths.PathBetween("A", "B"));

    [Theory]
    [InlineData("B = X Y")] // Heimdal's way to write it
    [InlineData("B = X\n B = Y")]
    [InlineData("B = \"X\"\n B = Y\n B = .")]
    [InlineData("B = A\n B = X\n B = Y\n B = B")] // the ends of the way
    public void PathBetween_SameWayWrittenOtherwise_SameRealms(string lines) =>
        Assert.Equal(["X", "Y"], Read($"[capaths]\n A = {{\n {lines}\n }}\n").PathBetween("A", "B")!);

    [Fact]
    public void PathBetween_ClientTwiceInTheFile_Merged()
    {
        var capaths = Read("[capaths]\n A = {\n B = X\n }\n A = {\n C = .\n B = Y\n }\n");
        Assert.Equal(["X", "Y"], capaths.PathBetween("A", "B")!);
        Assert.Empty(capaths.PathBetween("A", "C")!);
    }

    [Fact]
    public void PathBetween_RelationOutsideOfAClient_PassedOver() => Assert.Null(Read("[capaths]\n B = X\n").PathBetween("capaths", "B"));

    private static Capaths Read(string text)
    {
        using var directory = new TemporaryDirectory();
        return Krb5Config.Load(directory.Write("krb5.conf", text), static _ => null).Capaths;
    }
}
