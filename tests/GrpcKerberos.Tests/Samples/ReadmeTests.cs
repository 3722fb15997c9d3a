using GrpcKerberos.AspNetCore;
using GrpcKerberos.Shared;
using Xunit;

namespace GrpcKerberos.Tests.Samples;

public class ReadmeTests
{
    private const string Good = "builder.Services.AddAuthentication().AddKerberos();";

    /// <summary>Page and place of each block: its text would make no name for a test.</summary>
    public static TheoryData<string, int> Blocks
    {
        get
        {
            var blocks = new TheoryData<string, int>();
            foreach (var page in SampleText.Pages)
            {
                for (var i = 0; i < SampleText.Of(page).Count; i++) blocks.Add(page, i);
            }
            return blocks;
        }
    }

    // A fragment about options is for whichever side reads it: it must do on both.
    [Theory, MemberData(nameof(Blocks))]
    public void ABlockOfAReadme_AsItStandsThere_Compiles(string page, int block)
    {
        var sample = SampleText.Of(page)[block];
        if (SampleText.IsTest(sample))
        {
            Assert.Contains(sample, SampleText.RunTests, StringComparison.Ordinal);
            return;
        }

        Assert.Equal("", SampleCompiler.Compile(sample, typeof(KerberosClientOptions)));
        Assert.Equal("", SampleCompiler.Compile(sample, typeof(KerberosAuthenticationOptions)));
    }

    [Fact]
    public void Pages_ThatShowCSharp_GiveUpEveryBlock()
    {
        foreach (var page in SampleText.Pages)
        {
            var fences = File.ReadAllLines(Repository.PathOf(page)).Count(line => line.TrimStart().StartsWith("```cs", StringComparison.OrdinalIgnoreCase));
            Assert.True(fences == SampleText.Of(page).Count, $"{page} has {fences} fences for C#, not all of them \"```csharp\" at the beginning of a line.");
        }
        Assert.Contains("README.md", Blocks.Select(b => b[0]));
        Assert.Contains("src/GrpcKerberos.AspNetCore/README.md", Blocks.Select(b => b[0]));
    }

    [Theory]
    [InlineData("builder.Services.AddAuthentication().AddKerberoses();", "CS1061")]
    [InlineData("GrpcKerberos.Protocol.ApExchange.Accept.ApAcceptor acceptor;", "CS0122")]
    [InlineData("await using var realm = TestRealm.StartAsync();", "CS8417")]
    [InlineData("orders.SayHello(new HelloRequest());", "CS0103")]
    public void ABlockThatAReaderCouldNotCompile_IsAnError(string sample, string error)
    {
        Assert.Equal("", SampleCompiler.Compile(Good, typeof(KerberosClientOptions)));

        Assert.Contains($"error {error}", SampleCompiler.Compile(sample, typeof(KerberosClientOptions)), StringComparison.Ordinal);
    }
}
