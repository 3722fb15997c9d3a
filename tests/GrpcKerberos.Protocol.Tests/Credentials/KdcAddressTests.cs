using GrpcKerberos.Protocol.Credentials;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Credentials;

public class KdcAddressTests
{
    [Theory]
    [InlineData("dc1", "dc1", 88)]
    [InlineData("dc1.corp.example:1088", "dc1.corp.example", 1088)]
    [InlineData("192.0.2.1:89", "192.0.2.1", 89)]
    [InlineData("2001:db8::1", "2001:db8::1", 88)]
    [InlineData("[2001:db8::1]", "2001:db8::1", 88)]
    [InlineData("[2001:db8::1]:89", "2001:db8::1", 89)]
    public void TryParse_HostWithOrWithoutPort_GivesBoth(string text, string host, int port)
    {
        Assert.True(KdcAddress.TryParse(text, out var address));

        Assert.Equal(new KdcAddress(host, port), address);
        Assert.True(KdcAddress.TryParse(address.ToString(), out var again));
        Assert.Equal(address, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":88")]
    [InlineData("dc1:")]
    [InlineData("dc1:x")]
    [InlineData("dc1:-1")]
    [InlineData("dc1:0")]
    [InlineData("dc1:65536")]
    [InlineData("dc1 dc2")]
    [InlineData("a:b:c")]
    [InlineData("[dc1]:88")]
    [InlineData("[::1")]
    [InlineData("::1]")]
    [InlineData("[::1]x")]
    [InlineData("http://dc1")]
    public void TryParse_NoHost_IsRefused(string text) => Assert.False(KdcAddress.TryParse(text, out _));
}
