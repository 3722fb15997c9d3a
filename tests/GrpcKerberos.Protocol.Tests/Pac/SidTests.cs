using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Pac;

public sealed class SidTests
{
    [Theory]
    [InlineData("S-1-0-0")]
    [InlineData("S-1-18-1")]
    [InlineData("S-1-5-32-544")]
    [InlineData("S-1-5-21-1004336348-1177238915-682003330-1104")]
    [InlineData("S-1-5-21-4294967295-0-1-4294967295")]
    [InlineData("S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15")]
    [InlineData("S-1-4294967295-7")]
    public void TryParse_ASid_ReadsAsItsOctetsAndWritesItself(string text)
    {
        Assert.True(Sid.TryParse(text, out var sid));
        Assert.Equal(text, sid.ToString());
        Assert.Equal(Sid.Read(TestLogonInfo.SidOctets(text)), sid);
    }

    [Fact]
    public void TryParse_AuthorityBeyond32Bits_IsHexadecimal()
    {
        byte[] octets = [1, 1, 0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 7, 0, 0, 0];
        var sid = Sid.Read(octets);
        Assert.Equal("S-1-0x123456789ABC-7", sid.ToString());
        Assert.True(Sid.TryParse(sid.ToString(), out var read));
        Assert.Equal(sid, read);
    }

    /// <summary>One SID has one text: no other spelling may mean it.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("S-1-5")]
    [InlineData("S-1-5-")]
    [InlineData("s-1-5-32-544")]
    [InlineData("S-1-5-032-544")]
    [InlineData("S-1-5-32-544 ")]
    [InlineData(" S-1-5-32-544")]
    [InlineData("S-1-5-+32-544")]
    [InlineData("S-1-5--32-544")]
    [InlineData("S-2-5-32-544")]
    [InlineData("S-1-5-32-4294967296")]
    [InlineData("S-1-05-32")]
    [InlineData("S-1-0x000000000005-32")]
    [InlineData("S-1-0x123456789abc-7")]
    [InlineData("S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16")]
    [InlineData("operators")]
    [InlineData("alice@CORP.EXAMPLE")]
    public void TryParse_AnythingElse_IsNone(string text) => Assert.False(Sid.TryParse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("0101000000000005")]
    [InlineData("020100000000000520000000")]
    [InlineData("0100000000000005")]
    [InlineData("010100000000000520000000FF")]
    [InlineData("0102000000000005200000002002")]
    public void Read_OctetsThatAreNoSid_Malformed(string octets) => Assert.Equal(PacFault.Malformed, PacLab.FaultOf(() => Sid.Read(Convert.FromHexString(octets))));

    [Fact]
    public void Sids_OfOneDomain_ShareIt()
    {
        Assert.True(Sid.TryParse("S-1-5-21-11-12-13-1104", out var one));
        Assert.True(Sid.TryParse("S-1-5-21-11-12-13-1105", out var other));
        Assert.Same(one.Prefix, other.Prefix);
        Assert.NotEqual(one, other);
    }
}
