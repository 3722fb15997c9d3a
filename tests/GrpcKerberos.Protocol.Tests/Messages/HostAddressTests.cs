using System.Net;
using GrpcKerberos.Protocol.Messages;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Messages;

public class HostAddressTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7", true)]
    [InlineData("2001:db8::7", "2001:db8::7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("2001:db8::7", "192.0.2.7", false)]
    public void Matches_AddressOfACaller_ComparesFamilyAndOctets(string named, string caller, bool matches) =>
        Assert.Equal(matches, HostAddress.From(IPAddress.Parse(named)).Matches(IPAddress.Parse(caller)));

    [Fact]
    public void Matches_SameOctetsOfAnotherType_IsFalse()
    {
        var octets = new byte[] { 192, 0, 2, 7 };
        Assert.True(new HostAddress(2, octets).Matches(IPAddress.Parse("192.0.2.7")));

        Assert.False(new HostAddress(20, octets).Matches(IPAddress.Parse("192.0.2.7")));
    }
}
