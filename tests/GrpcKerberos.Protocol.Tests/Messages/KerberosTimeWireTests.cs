using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Messages;

/// <summary>Kerberos.NET sends .654321 s as cusec 543210 and reads it back 5.4 ms off; the skew allowance hides it.</summary>
public class KerberosTimeWireTests
{
    private static readonly DateTimeOffset s_second = new(2026, 11, 22, 9, 5, 2, TimeSpan.Zero);

    [Theory]
    [InlineData(654_321, "020309FBF1")]
    [InlineData(0, "020100")]
    [InlineData(999_999, "02030F423F")]
    public void Encode_TimeWithMicroseconds_SendsThemAsSuchAndReadsThemBack(int microseconds, string susec)
    {
        var time = new KerberosTime(s_second.AddMicroseconds(microseconds));
        var service = KerberosPrincipal.Parse("HTTP/a@R");

        var encoded = new KrbError(KerberosErrorCode.KRB_AP_ERR_SKEW, time, service).Encode();

        Assert.Contains($"A411180F{Convert.ToHexString("20261122090502Z"u8)}A5", Convert.ToHexString(encoded), StringComparison.Ordinal);
        Assert.Contains($"A5{susec.Length / 2:X2}{susec}A6", Convert.ToHexString(encoded), StringComparison.Ordinal);
        Assert.Equal(time, KrbError.Decode(encoded).ServerTime);
    }
}
