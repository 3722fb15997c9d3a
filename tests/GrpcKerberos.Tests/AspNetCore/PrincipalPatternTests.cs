using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.Protocol;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public class PrincipalPatternTests
{
    [Theory]
    [InlineData("alice@R", "alice@R")]
    [InlineData("*@R", "alice@R")]
    [InlineData("a*e@R", "alice@R")]
    [InlineData("*li*@R", "alice@R")]
    [InlineData("*a*a*@R", "banana@R")]
    [InlineData("alice*@R", "alice@R")]
    [InlineData("billing/*@R", "billing/host.test@R")]
    [InlineData("*/*.test@R", "billing/host.test@R")]
    [InlineData(@"a\*@R", "a*@R")]
    [InlineData(@"a\/b@R", @"a\/b@R")]
    [InlineData(@"a\@b@R", @"a\@b@R")]
    public void Matches_PrincipalThePatternMeans_True(string pattern, string principal) =>
        Assert.True(PrincipalPattern.Parse(pattern).Matches(KerberosPrincipal.Parse(principal)));

    [Theory]
    [InlineData("alice@R", "Alice@R")]
    [InlineData("alice@R", "alice@r")]
    [InlineData("alice@R", "alice@RR")]
    [InlineData("alice@R", "alice/admin@R")]
    [InlineData("*@R", "alice/admin@R")]
    [InlineData("alice*@R", "alice/admin@R")]
    [InlineData("billing/*@R", "billing@R")]
    [InlineData("billing/*@R", "billing/a/b@R")]
    [InlineData("*@R", @"alice\@X@S")]
    [InlineData("ab*ba@R", "aba@R")]
    [InlineData("*a*a*@R", "bana@X")]
    [InlineData("*nan*nan*@R", "banana@R")]
    [InlineData(@"a\*@R", "ab@R")]
    [InlineData("a/b@R", @"a\/b@R")]
    public void Matches_AnyOtherPrincipal_False(string pattern, string principal) =>
        Assert.False(PrincipalPattern.Parse(pattern).Matches(KerberosPrincipal.Parse(principal)));

    [Theory]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("alice@")]
    [InlineData("@R")]
    [InlineData("/a@R")]
    [InlineData("a/@R")]
    [InlineData("alice@*")]
    [InlineData("alice@R*")]
    [InlineData("alice@R@S")]
    [InlineData(@"alice@R\")]
    [InlineData("S-1-5-21-1004336348-1177238915-682003330-1104")]
    public void Parse_NoPattern_SaysHowToWriteOne(string text) =>
        Assert.Equal(
            $"\"{text}\" is no principal pattern. Next: write it as name@REALM or service/*@REALM.",
            Assert.Throws<FormatException>(() => PrincipalPattern.Parse(text)).Message);
}
