using System.Text;
using GrpcKerberos.Protocol.Messages;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Messages;

public sealed class KnownTextTests
{
    [Fact]
    public void Find_TextKept_GivesThatString()
    {
        var text = KnownText.Keep(new string("KNOWN.TEST"));
        Assert.Same(text, KnownText.Find("KNOWN.TEST"u8));
        Assert.Null(KnownText.Find("KNOWN.TESTS"u8));
        Assert.Null(KnownText.Find("known.test"u8));
    }

    [Fact]
    public void Find_MoreTextsThanPlaces_NeverGivesAnother()
    {
        var texts = Enumerable.Range(0, 5000).Select(static i => $"user{i}").ToList();
        foreach (var text in texts) KnownText.Keep(text);
        foreach (var text in texts) Assert.Contains(KnownText.Find(Encoding.ASCII.GetBytes(text)), new[] { null, text });
    }

    [Theory]
    [InlineData("Müller")]
    [InlineData("one.that.is.longer.than.sixty.four.characters.and.so.is.not.kept.here")]
    public void Keep_TextThatIsNotKept_IsGivenBack(string text)
    {
        Assert.Same(text, KnownText.Keep(text));
        Assert.Null(KnownText.Find(Encoding.UTF8.GetBytes(text)));
    }
}
