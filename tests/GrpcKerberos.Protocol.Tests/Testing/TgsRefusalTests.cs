using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Testing;

public sealed class TgsRefusalTests
{
    private readonly MemoryKdc _kdc = new();

    [Fact]
    public void Answer_NoTicket_PreAuthTypeUnsupported() =>
        Assert.Equal(KerberosErrorCode.KDC_ERR_PADATA_TYPE_NOSUPP, _kdc.Error(new KdcReq(MessageType.TgsReq, _kdc.ServiceBody).Encode()).Code);

    [Fact]
    public void Answer_UnknownService_ServiceUnknownWithBothTimes()
    {
        var body = _kdc.ServiceBody with { ServiceName = new PrincipalName(NameType.ServiceInstance, ["HTTP", "other"]) };

        var error = _kdc.Error(_kdc.Ask(body, _kdc.GrantingTicket()));

        Assert.Equal(KerberosErrorCode.KDC_ERR_S_PRINCIPAL_UNKNOWN, error.Code);
        Assert.Equal((_kdc.Now, _kdc.Now), (error.ClientTime!.Value, error.ServerTime));
        Assert.Equal("HTTP/other@TEST.LOCAL", error.Service.ToString());
    }

    [Fact]
    public void Answer_AnotherRealmsGrantingService_ServiceUnknown() =>
        RefusedBody(KerberosErrorCode.KDC_ERR_S_PRINCIPAL_UNKNOWN, b => b with { ServiceName = new PrincipalName(NameType.ServiceInstance, ["krbtgt", "OTHER"]) });

    [Fact]
    public void Answer_NoCommonType_TypeUnsupported() =>
        RefusedBody(KerberosErrorCode.KDC_ERR_ETYPE_NOSUPP, b => b with { EncryptionTypes = [EncryptionType.Rc4Hmac] });

    [Fact]
    public void Answer_UserToUser_BadOption() =>
        RefusedBody(KerberosErrorCode.KDC_ERR_BADOPTION, b => b with { Options = KdcOptions.EncTktInSkey });

    [Fact]
    public void Answer_ForwardOfAnUnforwardable_BadOption() =>
        RefusedBody(KerberosErrorCode.KDC_ERR_BADOPTION, b => b with { Options = KdcOptions.Forwarded });

    [Fact]
    public void Answer_RenewalOfAnUnrenewable_BadOption() =>
        RefusedBody(KerberosErrorCode.KDC_ERR_BADOPTION, b => b with { Options = KdcOptions.Renew });

    [Fact]
    public void Answer_Proxy_BadOption() =>
        RefusedBody(KerberosErrorCode.KDC_ERR_BADOPTION, b => b with { Options = KdcOptions.Proxy });

    [Fact]
    public void Answer_AdditionalTickets_BadOption() =>
        RefusedBody(KerberosErrorCode.KDC_ERR_BADOPTION, b => b with { AdditionalTickets = [_kdc.Issue(_kdc.Web).Ticket] });

    [Fact]
    public void Answer_PostdatedService_CannotPostdate() =>
        RefusedBody(KerberosErrorCode.KDC_ERR_CANNOT_POSTDATE, b => b with { Options = KdcOptions.Postdated });

    [Fact]
    public void Answer_TillInThePast_NeverValid() =>
        RefusedBody(KerberosErrorCode.KDC_ERR_NEVER_VALID, b => b with { Till = _kdc.Now - TimeSpan.FromSeconds(1) });

    [Fact]
    public void Answer_ValidationOfAValid_NotYetValid() =>
        RefusedBody(KerberosErrorCode.KRB_AP_ERR_TKT_NYV, b => b with { Options = KdcOptions.Validate });

    [Fact]
    public void Answer_AuthorizationDataUnderAnotherKey_Integrity()
    {
        using var other = TicketSessionKey.Generate(EncryptionType.Aes256CtsHmacSha384);
        var cipher = other.Seal(KeyUsage.TgsReqAuthDataSessionKey, AuthorizationData.EncodeList([]));

        RefusedBody(KerberosErrorCode.KRB_AP_ERR_BAD_INTEGRITY, b => b with { EncAuthorizationData = new EncryptedData(other.Type, null, cipher) });
    }

    [Fact]
    public void Answer_WrongVersion_BadVersion() =>
        RefusedRequest(KerberosErrorCode.KRB_AP_ERR_BADVERSION, r => r with { ProtocolVersion = 4 });

    [Fact]
    public void Answer_WrongMessageType_MessageType() =>
        RefusedRequest(KerberosErrorCode.KRB_AP_ERR_MSG_TYPE, r => r with { Type = 15 });

    [Fact]
    public void Answer_AuthenticatorSaysAnotherType_Integrity() =>
        RefusedRequest(KerberosErrorCode.KRB_AP_ERR_BAD_INTEGRITY, r => r with { Authenticator = r.Authenticator with { Type = EncryptionType.Aes128CtsHmacSha1 } });

    [Fact]
    public void Answer_WrongTicketVersion_BadVersion() =>
        RefusedTicket(KerberosErrorCode.KRB_AP_ERR_BADVERSION, t => t.TicketVersion = 4);

    [Fact]
    public void Answer_SessionKeyOfNoKnownType_TypeUnsupported() =>
        RefusedTicket(KerberosErrorCode.KDC_ERR_ETYPE_NOSUPP, t => t.SealedSessionKey = new EncryptionKey(EncryptionType.Rc4Hmac, new byte[16]));

    [Fact]
    public void Answer_TicketSealedWithAnotherKey_Integrity() =>
        RefusedTicket(KerberosErrorCode.KRB_AP_ERR_BAD_INTEGRITY, t => t.SealingKey = LongTermKey.Generate(t.EncryptionType));

    [Fact]
    public void Answer_TicketOfAVersionNobodyHas_BadKeyVersion() =>
        RefusedTicket(KerberosErrorCode.KRB_AP_ERR_BADKEYVER, t => t.KeyVersion = 9);

    [Fact]
    public void Answer_TicketEnded_Expired() =>
        RefusedTicket(KerberosErrorCode.KRB_AP_ERR_TKT_EXPIRED, t => t.EndTime = _kdc.Now);

    [Fact]
    public void Answer_TicketStartsInAnHour_NotYetValid() =>
        RefusedTicket(KerberosErrorCode.KRB_AP_ERR_TKT_NYV, t => t.StartTime = _kdc.Now + TimeSpan.FromHours(1));

    [Fact]
    public void Answer_InvalidTicket_NotYetValid() =>
        RefusedTicket(KerberosErrorCode.KRB_AP_ERR_TKT_NYV, t => t.Flags |= TicketFlags.Invalid);

    [Fact]
    public void Answer_TicketOfAnotherService_NotUs() =>
        Assert.Equal(KerberosErrorCode.KRB_AP_ERR_NOT_US, _kdc.Error(_kdc.Ask(_kdc.ServiceBody, _kdc.Issue(_kdc.Web))).Code);

    [Fact]
    public void Answer_AuthenticatorOfAnother_BadMatch() =>
        RefusedAuthenticator(KerberosErrorCode.KRB_AP_ERR_BADMATCH, a => a with { Client = _kdc.Web.Principal });

    [Fact]
    public void Answer_AuthenticatorOfAnotherRealm_BadMatch() =>
        RefusedAuthenticator(KerberosErrorCode.KRB_AP_ERR_BADMATCH, a => a with { Client = KerberosPrincipal.Parse("alice@OTHER") });

    [Fact]
    public void Answer_AuthenticatorSixMinutesOld_Skew() =>
        RefusedAuthenticator(KerberosErrorCode.KRB_AP_ERR_SKEW, a => a with { ClientTime = _kdc.Now - TimeSpan.FromMinutes(6) });

    [Fact]
    public void Answer_NoChecksum_Inappropriate() =>
        RefusedAuthenticator(KerberosErrorCode.KRB_AP_ERR_INAPP_CKSUM, a => a with { Checksum = null });

    [Fact]
    public void Answer_ChecksumOfAnotherType_Inappropriate() =>
        RefusedAuthenticator(KerberosErrorCode.KRB_AP_ERR_INAPP_CKSUM, a => a with { Checksum = a.Checksum! with { Type = ChecksumType.HmacSha1Aes128 } });

    [Fact]
    public void Answer_SubkeyTooShort_TypeUnsupported() =>
        RefusedAuthenticator(KerberosErrorCode.KDC_ERR_ETYPE_NOSUPP, a => a with { Subkey = new EncryptionKey(EncryptionType.Aes256CtsHmacSha1, new byte[16]) });

    [Fact]
    public void Answer_ChecksumOfAnotherBody_Modified()
    {
        var body = _kdc.ServiceBody;

        Assert.Equal(KerberosErrorCode.KRB_AP_ERR_MODIFIED, _kdc.Error(_kdc.Ask(body, _kdc.GrantingTicket(), signed: body with { Nonce = 8 })).Code);
    }

    [Fact]
    public void Answer_AuthenticatorUnderTheUsageOfServices_Integrity() =>
        Assert.Equal(KerberosErrorCode.KRB_AP_ERR_BAD_INTEGRITY, _kdc.Error(_kdc.Ask(_kdc.ServiceBody, _kdc.GrantingTicket(), usage: KeyUsage.ApReqAuthenticator)).Code);

    private void RefusedBody(KerberosErrorCode code, Func<KdcReqBody, KdcReqBody> change)
    {
        var ticket = _kdc.GrantingTicket();
        Assert.Equal(7u, _kdc.ServiceReply(_kdc.ServiceBody, ticket).Part.Nonce);

        Assert.Equal(code, _kdc.Error(_kdc.Ask(change(_kdc.ServiceBody), ticket)).Code);
    }

    private void RefusedTicket(KerberosErrorCode code, Action<TicketTemplate> change)
    {
        Assert.Equal(7u, _kdc.ServiceReply(_kdc.ServiceBody, _kdc.GrantingTicket()).Part.Nonce);

        Assert.Equal(code, _kdc.Error(_kdc.Ask(_kdc.ServiceBody, _kdc.GrantingTicket(change))).Code);
    }

    private void RefusedRequest(KerberosErrorCode code, Func<ApReq, ApReq> change)
    {
        var ticket = _kdc.GrantingTicket();
        Assert.Equal(7u, _kdc.ServiceReply(_kdc.ServiceBody, ticket).Part.Nonce);

        Assert.Equal(code, _kdc.Error(_kdc.Ask(_kdc.ServiceBody, ticket, changeRequest: change)).Code);
    }

    private void RefusedAuthenticator(KerberosErrorCode code, Func<Authenticator, Authenticator> change)
    {
        ServiceTicket ticket = _kdc.GrantingTicket();
        Assert.Equal(7u, _kdc.ServiceReply(_kdc.ServiceBody, ticket).Part.Nonce);

        Assert.Equal(code, _kdc.Error(_kdc.Ask(_kdc.ServiceBody, ticket, change)).Code);
    }
}
