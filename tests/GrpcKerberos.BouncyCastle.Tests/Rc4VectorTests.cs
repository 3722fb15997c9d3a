using System.Text;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.BouncyCastle.Tests;

/// <summary>RFC 4757 has one vector, its string-to-key. The others are of MIT krb5's t_decrypt.c and t_cksums.c.</summary>
public class Rc4VectorTests
{
    [Fact]
    public void FromPassword_KeyOfTheRfc()
    {
        using var key = LongTermKey.FromPassword(EncryptionType.Rc4Hmac, "foo", "a salt, of no account");
        Assert.Equal("AC8E657F83DF82BEEA5D43BDAF7800CC", Convert.ToHexString(key.Bytes));
    }

    [Fact]
    public void FromPassword_WithParameters_Refused()
    {
        var e = Assert.Throws<KerberosException>(() => LongTermKey.FromPassword(EncryptionType.Rc4Hmac, "foo", "", [0, 0, 16, 0]));
        Assert.Equal(KerberosError.KdcRefused, e.Error);
        Assert.Contains("arcfour-hmac, which takes none", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0, "F81FEC39255F5784E850C4377C88BD85", "02C1EB15586144122EC717763DD348BF00434DDC6585954C")]
    [InlineData("1", 1, "67D1300D281223867F9647FF48721273", "6156E0CC04E0A0874F9FDA008F498A7ADBBC80B70B14DDDBC0")]
    [InlineData("9 bytesss", 2, "3E40AB6093695281B3AC1A9304224D98", "0F9AD121D99D4A09448E4F1F718C4F5CBE6096262C66F29DF232A87C9F98755D55")]
    [InlineData("13 bytes byte", 3, "4BA2FBF0379FAED87A254D3B353D5A7E", "612C57568B17A70352BAE8CF26FB9459A6F3353CD35FD439DB3107CBEC765D326DFC04C1DD")]
    [InlineData("30 bytes bytes bytes bytes byt", 4, "68F263DB3FCE15D031C9EAB02D67107A", "95F9047C3AD75891C2E9B04B16566DC8B6EB9CE4231AFB2542EF87A7B5A0F260A99F0460508DE0CECC632D07C354124E46C5D2234EB8")]
    public void TryOpen_MessageOfMit_ItsPlaintext(string plain, int usage, string key, string cipher)
    {
        using var k = new LongTermKey(EncryptionType.Rc4Hmac, Convert.FromHexString(key));
        Assert.True(k.TryOpen((KeyUsage)usage, Convert.FromHexString(cipher), out var opened));
        Assert.Equal(plain, Encoding.ASCII.GetString(opened));
    }

    [Fact]
    public void MakeChecksum_ChecksumOfMit()
    {
        using var key = new LongTermKey(EncryptionType.Rc4Hmac, Convert.FromHexString("F7D3A155AF5E238A0B7A871A96BA2AB2"));
        var checksum = key.MakeChecksum(KeyUsage.TgsReqAuthenticatorChecksum, "seventeen eighteen nineteen twenty"u8);
        Assert.Equal(("EB38CC97E2230F59DA4117DC5859D7EC", -138), (Convert.ToHexString(checksum), (int)key.ChecksumType));
    }

    /// <summary>What is sealed under one number opens under the others that mean the same, and under no more.</summary>
    [Theory]
    [InlineData(KeyUsage.TgsRepEncPartSessionKey, "3 8 9")]
    [InlineData(KeyUsage.AsRepEncPart, "3 8 9")]
    [InlineData(KeyUsage.TgsRepEncPartSubkey, "9")]
    [InlineData(KeyUsage.AcceptorMic, "13 23")]
    [InlineData(KeyUsage.ApReqAuthenticator, "11")]
    internal void TryOpen_UnderEveryUsage_TrueWhereTheNumbersAreOne(KeyUsage usage, string usages)
    {
        using var key = LongTermKey.Generate(EncryptionType.Rc4Hmac);
        var message = key.Seal(usage, "text"u8);
        Assert.Equal(usages, string.Join(' ', Enumerable.Range(0, 32).Where(u => key.TryOpen((KeyUsage)u, message, out _))));
    }

    [Fact]
    public void TryFor_TheExportType_Unknown()
    {
        Assert.True(EncryptionProfile.TryFor(EncryptionType.Rc4Hmac, out _));
        Assert.False(EncryptionProfile.TryFor((EncryptionType)24, out _));
    }
}
