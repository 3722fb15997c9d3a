using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing;
using GrpcKerberos.Testing.Kdc;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Testing;

public sealed class AsExchangeTests
{
    private readonly MemoryKdc _kdc = new();

    [Theory]
    [InlineData(17)]
    [InlineData(18)]
    [InlineData(19)]
    [InlineData(20)]
    public void Answer_ValidLogin_ReplyAndTicketAgree(int type)
    {
        var kdc = new MemoryKdc((EncryptionType)type);

        var (reply, part) = kdc.LoginReply(kdc.LoginBody);

        var ticket = MemoryKdc.Open(reply.Ticket, kdc.TicketGrantingService);
        Assert.Equal(kdc.Alice.Principal, reply.Client);
        Assert.Equal(kdc.Alice.Principal, ticket.Client);
        Assert.Equal((EncryptionType)type, part.Key.Type);
        Assert.Equal(Convert.ToHexString(part.Key.Value.Span), Convert.ToHexString(ticket.Key.Value.Span));
        Assert.Equal(7u, part.Nonce);
        Assert.Equal(kdc.TicketGrantingService.Principal, part.Service);
        Assert.Equal(TicketFlags.Initial | TicketFlags.PreAuthent, part.Flags);
        Assert.Equal((part.Flags, part.AuthTime, part.EndTime, part.RenewTill), (ticket.Flags, ticket.AuthTime, ticket.EndTime, ticket.RenewTill));
        Assert.Equal(kdc.Now + TimeSpan.FromHours(10), part.EndTime);
    }

    [Fact]
    public void Answer_NoPreAuthentication_RequiredWithTheClientsTypesInTheRequestsOrder()
    {
        var body = _kdc.LoginBody with { EncryptionTypes = [(EncryptionType)99, EncryptionType.Aes128CtsHmacSha1, EncryptionType.Aes256CtsHmacSha384] };

        var error = _kdc.Error(new KdcReq(MessageType.AsReq, body).Encode());

        Assert.Equal(KerberosErrorCode.KDC_ERR_PREAUTH_REQUIRED, error.Code);
        var methods = PreAuthData.DecodeMethodData(error.Data!.Value);
        Assert.Equal([PreAuthType.EtypeInfo2, PreAuthType.EncTimestamp], methods.Select(m => m.Type));
        var hints = EtypeInfo2Entry.DecodeList(methods[0].Value);
        Assert.Equal([EncryptionType.Aes128CtsHmacSha1, EncryptionType.Aes256CtsHmacSha384], hints.Select(h => h.Type));
        Assert.All(hints, h => Assert.Equal("TEST.LOCALalice", h.Salt));
        Assert.Equal((_kdc.Alice.Principal.Name, MemoryKdc.Realm), (error.ClientName, error.ClientRealm));
        Assert.Equal((_kdc.TicketGrantingService.Principal, _kdc.Now), (error.Service, error.ServerTime));
    }

    [Fact]
    public void Answer_UnknownClient_ClientUnknown() =>
        Refused(KerberosErrorCode.KDC_ERR_C_PRINCIPAL_UNKNOWN, b => b with { ClientName = new PrincipalName(NameType.Principal, ["bob"]) });

    [Fact]
    public void Answer_ClientOfAnotherRealm_ClientUnknown() =>
        Refused(KerberosErrorCode.KDC_ERR_C_PRINCIPAL_UNKNOWN, b => b with { Realm = "OTHER" });

    [Fact]
    public void Answer_NoClient_ClientUnknown() =>
        Refused(KerberosErrorCode.KDC_ERR_C_PRINCIPAL_UNKNOWN, b => b with { ClientName = null });

    [Fact]
    public void Answer_UnknownService_ServiceUnknown() =>
        Refused(KerberosErrorCode.KDC_ERR_S_PRINCIPAL_UNKNOWN, b => b with { ServiceName = new PrincipalName(NameType.ServiceInstance, ["krbtgt", "OTHER"]) });

    [Fact]
    public void Answer_TillInThePast_NeverValid() =>
        Refused(KerberosErrorCode.KDC_ERR_NEVER_VALID, b => b with { Till = _kdc.Now - TimeSpan.FromSeconds(1) });

    [Fact]
    public void Answer_StartsTomorrowWithoutPostdated_CannotPostdate() =>
        Refused(KerberosErrorCode.KDC_ERR_CANNOT_POSTDATE, b => b with { From = _kdc.Now + TimeSpan.FromHours(3) });

    [Fact]
    public void Answer_TypesNobodyHas_TypeUnsupported()
    {
        var body = _kdc.LoginBody with { EncryptionTypes = [EncryptionType.Rc4Hmac] };

        Assert.Equal(KerberosErrorCode.KDC_ERR_ETYPE_NOSUPP, _kdc.Error(_kdc.Login(body, key: _kdc.Alice.Keys[0].Key)).Code);
    }

    [Theory]
    [InlineData(300, null)]
    [InlineData(301, KerberosErrorCode.KRB_AP_ERR_SKEW)]
    [InlineData(-300, null)]
    [InlineData(-301, KerberosErrorCode.KRB_AP_ERR_SKEW)]
    public void Answer_ClientsClockOff_SkewBeyondFiveMinutes(int seconds, object? code)
    {
        var stamp = _kdc.Now + TimeSpan.FromSeconds(seconds);

        var answer = _kdc.Service.Answer(_kdc.Login(_kdc.LoginBody, stamp));

        Assert.Equal(code, IsError(answer) ? KrbError.Decode(answer).Code : null);
        if (code is not null) Assert.Equal((stamp, _kdc.Now), (KrbError.Decode(answer).ClientTime!.Value, KrbError.Decode(answer).ServerTime));
    }

    [Fact]
    public void Answer_WrongKey_PreauthenticationFailedWithHints()
    {
        var error = _kdc.Error(_kdc.Login(_kdc.LoginBody, key: LongTermKey.Generate(_kdc.Alice.EncryptionTypes[0])));

        Assert.Equal(KerberosErrorCode.KDC_ERR_PREAUTH_FAILED, error.Code);
        Assert.Equal(2, PreAuthData.DecodeMethodData(error.Data!.Value).Count);
    }

    [Fact]
    public void Answer_OptionsAsked_FlagsGiven()
    {
        var body = _kdc.LoginBody with { Options = KdcOptions.Forwardable | KdcOptions.Proxiable | KdcOptions.Renewable, RenewTill = _kdc.Now + TimeSpan.FromDays(30) };

        var (_, part) = _kdc.LoginReply(body);

        Assert.Equal(TicketFlags.Initial | TicketFlags.PreAuthent | TicketFlags.Forwardable | TicketFlags.Proxiable | TicketFlags.Renewable, part.Flags);
        Assert.Equal(_kdc.Now + TimeSpan.FromDays(7), part.RenewTill);
    }

    [Fact]
    public void Answer_Postdated_InvalidUntilValidated()
    {
        var from = _kdc.Now + TimeSpan.FromHours(1);

        var (_, part) = _kdc.LoginReply(_kdc.LoginBody with { Options = KdcOptions.AllowPostdate | KdcOptions.Postdated, From = from });

        Assert.True(part.Flags.HasFlag(TicketFlags.Invalid | TicketFlags.Postdated));
        Assert.Equal(from, part.Starts);
    }

    [Fact]
    public void Answer_RotatedAccount_OldKeyFailsAndNewWorks()
    {
        var old = _kdc.Alice.Keys[0].Key!;
        Assert.False(IsError(_kdc.Service.Answer(_kdc.Login(_kdc.LoginBody, key: old))));

        _kdc.Alice.Rotate();

        Assert.Equal(KerberosErrorCode.KDC_ERR_PREAUTH_FAILED, _kdc.Error(_kdc.Login(_kdc.LoginBody, key: old)).Code);
        Assert.Equal(2u, _kdc.LoginReply(_kdc.LoginBody).Reply.EncPart.KeyVersion);
    }

    [Theory]
    [InlineData(KdcFault.PreauthenticationFailed, KerberosErrorCode.KDC_ERR_PREAUTH_FAILED)]
    [InlineData(KdcFault.EncryptionTypeUnsupported, KerberosErrorCode.KDC_ERR_ETYPE_NOSUPP)]
    [InlineData(KdcFault.ClockAhead, KerberosErrorCode.KRB_AP_ERR_SKEW)]
    [InlineData(KdcFault.ClockBehind, KerberosErrorCode.KRB_AP_ERR_SKEW)]
    public void Answer_Fault_LoginRefusedUntilLifted(KdcFault fault, object code)
    {
        _kdc.Service.Fault = fault;
        Assert.Equal(code, _kdc.Error(_kdc.Login(_kdc.LoginBody)).Code);

        _kdc.Service.Fault = KdcFault.None;
        Assert.Equal(7u, _kdc.LoginReply(_kdc.LoginBody).Part.Nonce);
    }

    [Fact]
    public void Answer_WrongNonceFault_NonceDiffers()
    {
        _kdc.Service.Fault = KdcFault.WrongNonce;

        Assert.NotEqual(7u, _kdc.LoginReply(_kdc.LoginBody).Part.Nonce);
    }

    [Fact]
    public void Answer_WrongKeyFault_ReplyDoesNotOpen()
    {
        _kdc.Service.Fault = KdcFault.WrongKey;

        var reply = KdcRep.Decode(MessageType.AsRep, _kdc.Service.Answer(_kdc.Login(_kdc.LoginBody)));

        Assert.False(_kdc.Alice.Find(reply.EncPart.Type)!.Key!.TryOpen(KeyUsage.AsRepEncPart, reply.EncPart.Cipher.Span, out _));
    }

    [Fact]
    public void WithPassword_DefaultSalt_KeyOfStringToKey()
    {
        var account = KdcAccount.WithPassword(KerberosPrincipal.Parse("HTTP/a@TEST.LOCAL"), [EncryptionType.Aes128CtsHmacSha256], "secret");
        using var expected = LongTermKey.FromPassword(EncryptionType.Aes128CtsHmacSha256, "secret", "TEST.LOCALHTTPa");

        Assert.Equal(Convert.ToHexString(expected.Bytes), Convert.ToHexString(account.Keys[0].Key!.Bytes));
    }

    private static bool IsError(byte[] answer) => answer[0] == (0x60 | (int)MessageType.KrbError);

    private void Refused(KerberosErrorCode code, Func<KdcReqBody, KdcReqBody> change)
    {
        Assert.False(IsError(_kdc.Service.Answer(_kdc.Login(_kdc.LoginBody))));

        Assert.Equal(code, _kdc.Error(_kdc.Login(change(_kdc.LoginBody))).Code);
    }
}
