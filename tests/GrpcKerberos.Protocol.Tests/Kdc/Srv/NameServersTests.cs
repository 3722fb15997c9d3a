using System.Net;
using GrpcKerberos.Protocol.Kdc.Srv;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc.Srv;

public sealed class NameServersTests
{
    [Theory]
    [InlineData("# nameserver 192.0.2.9\nsearch corp.example\nnameserver 192.0.2.1\nnameserver\t2001:db8::1 # two\noptions ndots:5\n", "192.0.2.1:53 [2001:db8::1]:53")]
    [InlineData("nameserver 192.0.2.1\r\nnameserver 192.0.2.2\r\nnameserver 192.0.2.3\r\nnameserver 192.0.2.4", "192.0.2.1:53 192.0.2.2:53 192.0.2.3:53")]
    [InlineData(" nameserver 192.0.2.1\nnameservers 192.0.2.2\nnameserver nonsense\nnameserver", "127.0.0.1:53")]
    [InlineData("", "127.0.0.1:53")]
    public void Of_ResolvConf_ItsServersAsTheCLibraryReadsThem(string text, string expected) =>
        Assert.Equal(expected.Split(' ').Select(IPEndPoint.Parse), NameServers.Of(text));

    [Fact]
    public void OfFile_NoSuchFile_ThisHost() => Assert.Equal([new IPEndPoint(IPAddress.Loopback, 53)], NameServers.OfFile("/nonexistent/resolv.conf"));
}
