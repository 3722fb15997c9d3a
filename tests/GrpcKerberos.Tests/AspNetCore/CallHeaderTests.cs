using GrpcKerberos.AspNetCore.Calls;
using GrpcKerberos.Protocol;
using Microsoft.Extensions.Primitives;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public class CallHeaderTests
{
    [Fact]
    public void Read_SecondValueThatWouldReadOnAsTheFirst_IsRefused()
    {
        Assert.NotNull(CallHeader.Read(new StringValues(["Kerberos token=AAAA, x=y"]), 1024, acceptNegotiate: false).Value);

        var header = CallHeader.Read(new StringValues(["Kerberos token=AAAA", "x=y"]), 1024, acceptNegotiate: false);

        Assert.Equal((null, "authorization: the header came more than once"), (header.Value, header.Refusal?.Detail));
    }

    [Fact]
    public void Read_OursAsSecondValue_IsRefusedNotOverlooked() =>
        Assert.Equal("authorization: the header came more than once", CallHeader.Read(new StringValues(["Bearer x", "Kerberos token=AAAA"]), 1024, acceptNegotiate: false).Refusal?.Detail);

    [Theory]
    [InlineData("Bearer x")]
    [InlineData("Kerberosx token=AAAA")]
    [InlineData("")]
    public void Read_NotOurs_IsNoProof(string text)
    {
        var header = CallHeader.Read(text, 1024, acceptNegotiate: false);

        Assert.Equal((null, null), (header.Value, header.Refusal));
    }

    [Theory]
    [InlineData(1700, true)]
    [InlineData(1600, false)]
    public void Read_LongerThanTheLargestToken_IsTooLargeBeforeItIsDecoded(int length, bool isTooLarge) =>
        Assert.Equal(isTooLarge, CallHeader.Read("Kerberos token=".PadRight(length, 'A'), 1024, acceptNegotiate: false).Refusal?.Error == KerberosError.TokenTooLarge);
}
