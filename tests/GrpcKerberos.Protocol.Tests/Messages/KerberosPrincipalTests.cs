using System.Text;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Messages;

public class KerberosPrincipalTests
{
    [Theory]
    [InlineData("alice@R", "alice", "R")]
    [InlineData("HTTP/orders.corp.example@CORP.EXAMPLE", "HTTP|orders.corp.example", "CORP.EXAMPLE")]
    [InlineData(@"a\/b/c\@d@R", "a/b|c@d", "R")]
    [InlineData(@"a\\/b@R\@S", @"a\|b", "R@S")]
    [InlineData("a@R/S", "a", "R/S")]
    [InlineData(@"a\nb\tc\bd\0e@R", "a\nb\tc\bd\0e", "R")]
    public void Parse_TextOfAPrincipal_GivesItsPartsAndTheTextAgain(string text, string components, string realm)
    {
        var principal = KerberosPrincipal.Parse(text);

        Assert.Equal(components.Split('|'), principal.Components);
        Assert.Equal(realm, principal.Realm);
        Assert.Equal(text, principal.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("alice@")]
    [InlineData("@R")]
    [InlineData("/a@R")]
    [InlineData("a/@R")]
    [InlineData("a//b@R")]
    [InlineData("a@R@S")]
    [InlineData(@"a@R\")]
    [InlineData(@"a\")]
    public void Parse_NoPrincipal_IsAFormatException(string text)
    {
        Assert.True(KerberosPrincipal.TryParse("a@R", out _));

        Assert.False(KerberosPrincipal.TryParse(text, out _));
        Assert.Contains("Next:", Assert.Throws<FormatException>(() => KerberosPrincipal.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_HalfACharacter_IsNoPrincipal()
    {
        Assert.True(KerberosPrincipal.TryParse("a\ud83d\ude00@R", out _));

        Assert.False(KerberosPrincipal.TryParse("a\ud83d@R", out _));
        Assert.False(KerberosPrincipal.TryParse("a\ude00\ud83d@R", out _));
        Assert.False(KerberosPrincipal.TryParse("a@R\ud83d", out _));
    }

    [Fact]
    public void TryParse_WithADefaultRealm_TakesItOnlyWhereTextNamesNone()
    {
        Assert.True(KerberosPrincipal.TryParse("alice", "D", out var without));
        Assert.True(KerberosPrincipal.TryParse("alice@R", "D", out var with));
        Assert.Equal("alice@D", without.ToString());
        Assert.Equal("alice@R", with.ToString());
    }

    [Theory]
    [InlineData("alice@R")]
    [InlineData("ALICE@CORP")]
    [InlineData("alice@corp")]
    [InlineData("alice/x@CORP")]
    [InlineData("alic@CORP")]
    public void Equals_AnotherNameOrRealmOrCase_IsAnother(string other)
    {
        var alice = KerberosPrincipal.Parse("alice@CORP");
        Assert.Equal(alice, KerberosPrincipal.Parse("alice@CORP"));

        Assert.NotEqual(alice, KerberosPrincipal.Parse(other));
    }

    [Fact]
    public void Equals_AnotherNameType_IsTheSame()
    {
        var one = new KerberosPrincipal(new PrincipalName(NameType.Principal, ["a", "b"]), "R");
        var two = new KerberosPrincipal(new PrincipalName(NameType.ServiceHost, ["a", "b"]), "R");

        Assert.Equal(one, two);
        Assert.Equal(one.GetHashCode(), two.GetHashCode());
    }

    [Fact]
    public void Text_OfAnyTwoNames_IsTheSameOnlyIfTheyAre()
    {
        // All names of up to three components over an alphabet of everything that has a meaning in the text.
        string[] parts = ["", "a", "/", "@", "\\", "n", "\n", "\0", "0", "a/", "\\/"];
        var names = parts.SelectMany(a => parts.SelectMany(b => new string[][] { [a], [a, b], [a, b, a] })).DistinctBy(n => string.Join('|', n)).ToList();

        Assert.Equal(names.Count, names.Select(n => PrincipalText.Format(n, "R")).Distinct().Count());
        foreach (var name in names.Where(n => Array.TrueForAll(n, p => p.Length > 0)))
        {
            Assert.True(PrincipalText.TrySplit(PrincipalText.Format(name, "R@/S"), out var components, out var realm));
            Assert.Equal(name, components);
            Assert.Equal("R@/S", realm);
        }
    }

    [Fact]
    public void Encode_AStringOfMoreThan64K_IsReadAgain()
    {
        var name = new PrincipalName(NameType.Principal, [new string('a', 65_535), new string('b', 65_536)]);
        var ticket = new Ticket("R", name, new EncryptedData(EncryptionType.Aes256CtsHmacSha1, null, Encoding.ASCII.GetBytes("x")));

        Assert.Equal(name, Ticket.Decode(ticket.Encoded).ServiceName);
    }
}
