using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.BouncyCastle.Tests;

/// <summary>A PAC of a Windows 2003 KDC with its RC4 keys: facts of MIT krb5's own test t_pac.c (saved_pac, member_keyblock, kdc_keyblock), which has them of Samba's.</summary>
public sealed class Rc4PacTests
{
    private const string Saved = """
        040000000000000001000000D801000048000000000000000A000000200000002002000000000000060000001400000040020000000000000700000014000000580200000000000001100800CCCCCCCC
        C8010000000000000000020030DFA6CB4F7DC501FFFFFFFFFFFFFF7FFFFFFFFFFFFFFF7FC03C4E596273C501C03C4E596273C501FFFFFFFFFFFFFF7F1600160004000200000000000800020000000000
        0C00020000000000100002000000000014000200000000001800020065000000ED03000004020000010000001C0002002000000000000000000000000000000000000000140016002000020016001800
        240002002800020000000000000000000021000000000000000000000000000000000000000000000000000000000000010000002C0002000000000000000000000000000B000000000000000B000000
        57003200300030003300460049004E0041004C00240000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
        000000000100000004020000070000000B000000000000000A00000057003200300030003300460049004E0041004C000C000000000000000B000000570049004E0032004B0033005400480049004E00
        4B00000004000000010400000000000515000000112FAFB590041BEC503BECDC0100000030000200070000000100000001010000000000050900000000000000806628EA3780C5011600770032003000
        30003300660069006E0061006C00240076FFFFFF37D5B0F724F0D6D4EC09865AA0E8C3A90000000076FFFFFFB4D8B8FE83B3133FFC5C41ADE26483E000000000
        """;

    private const int LogonInfo = 0x48;
    private const int ServerSignature = 0x240;
    private const int KdcSignature = 0x258;

    private static readonly LongTermKey s_member = new(EncryptionType.Rc4Hmac, Convert.FromHexString("D217FAEAE5E6B5F95CCC94077AB8A5FC"));
    private static readonly LongTermKey s_kdc = new(EncryptionType.Rc4Hmac, Convert.FromHexString("B286757148AF7FD252C53603A150B7E7"));

    private static readonly KerberosTime s_authTime = new(DateTimeOffset.FromUnixTimeSeconds(1120440609));

    private static readonly EncTicketPart s_ticket = new(
        TicketFlags.PreAuthent,
        new EncryptionKey(EncryptionType.Rc4Hmac, new byte[16]),
        KerberosPrincipal.Parse("w2003final$@WIN2K3.THINKER.LOCAL"),
        TransitedEncoding.None,
        s_authTime,
        null,
        s_authTime + TimeSpan.FromHours(10));

    [Fact]
    public void Verify_ServersSignature_SaysWhoItIs()
    {
        var pac = Verify(Octets());

        Assert.Equal("S-1-5-21-3048156945-3961193616-3706469200-1005", pac.Logon!.User.ToString());
        Assert.Equal(["S-1-5-21-3048156945-3961193616-3706469200-516", "S-1-5-9"], pac.Logon.Groups.ToTexts());
    }

    [Theory]
    [InlineData(LogonInfo + 100)]
    [InlineData(ServerSignature + 4)]
    [InlineData(ServerSignature + 19)]
    [InlineData(ServerSignature)]
    public void Verify_OneBitChanged_Refused(int at)
    {
        Verify(Octets());
        Assert.Equal(PacFault.Signature, Assert.Throws<PacException>(() => Verify(Octets(at))).Fault);
    }

    [Fact]
    public void Verify_KeyOfAnother_Refused() =>
        Assert.Equal(PacFault.Signature, Assert.Throws<PacException>(() => VerifiedPac.Verify(Octets(), s_ticket, s_kdc, "WIN2K3.THINKER.LOCAL", [])).Fault);

    /// <summary>A KDC of that age signed no ticket and not the whole, so a service with the KDC's key would take no such PAC; its signature over the server's is good.</summary>
    [Fact]
    public void IsBy_KdcsSignature_OverTheServersAlone()
    {
        Assert.True(IsKdcs(Octets()));
        Assert.False(IsKdcs(Octets(ServerSignature + 4)));
        Assert.False(IsKdcs(Octets(KdcSignature + 4)));
        Assert.False(IsKdcs(Octets(KdcSignature + 19)));
        Assert.Equal(PacFault.Signature, Assert.Throws<PacException>(() => VerifiedPac.Verify(Octets(), s_ticket, s_member, "WIN2K3.THINKER.LOCAL", [s_kdc])).Fault);
    }

    private static byte[] Octets(int? changed = null)
    {
        var octets = Convert.FromHexString(Saved.ReplaceLineEndings(""));
        if (changed is { } at) octets[at] ^= 1;
        return octets;
    }

    private static VerifiedPac Verify(byte[] pac) => VerifiedPac.Verify(pac, s_ticket, s_member, "WIN2K3.THINKER.LOCAL", []);

    private static bool IsKdcs(byte[] octets)
    {
        var pac = PacDirectory.Read(octets);
        return PacSignature.Of(pac, PacElement.KdcChecksum).IsBy(s_kdc, PacSignature.Of(pac, PacElement.ServerChecksum).Value);
    }
}
