using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Testing;

public sealed class TgsExchangeTests
{
    private readonly MemoryKdc _kdc = new();

    [Theory]
    [InlineData(17)]
    [InlineData(18)]
    [InlineData(19)]
    [InlineData(20)]
    public void Answer_ValidRequest_ReplyAndTicketAgree(int type)
    {
        var kdc = new MemoryKdc((EncryptionType)type);

        var (reply, part) = kdc.ServiceReply(kdc.ServiceBody, kdc.GrantingTicket());

        var ticket = MemoryKdc.Open(reply.Ticket, kdc.Web);
        Assert.Equal(kdc.Alice.Principal, reply.Client);
        Assert.Equal(kdc.Alice.Principal, ticket.Client);
        Assert.Equal(kdc.Web.Principal, part.Service);
        Assert.Equal(Convert.ToHexString(part.Key.Value.Span), Convert.ToHexString(ticket.Key.Value.Span));
        Assert.Equal(7u, part.Nonce);
        Assert.Equal(TicketFlags.PreAuthent | TicketFlags.TransitedPolicyChecked, ticket.Flags);
        Assert.Equal(ticket.Flags, part.Flags);
        Assert.Null(reply.EncPart.KeyVersion);
    }

    [Fact]
    public void Answer_Subkey_ReplyUnderIt()
    {
        using var subkey = Subkey.Generate(EncryptionType.Aes128CtsHmacSha256);
        var request = _kdc.Ask(_kdc.ServiceBody, _kdc.GrantingTicket(), a => a with { Subkey = new EncryptionKey(subkey.Type, subkey.Bytes.ToArray()) });

        Assert.Equal(7u, _kdc.Reply(request, subkey, KeyUsage.TgsRepEncPartSubkey).Part.Nonce);
    }

    [Fact]
    public void Answer_TypesInTheClientsOrder_FirstThatTheServiceAllows()
    {
        var body = _kdc.ServiceBody with { EncryptionTypes = [EncryptionType.Rc4Hmac, EncryptionType.Aes128CtsHmacSha1, EncryptionType.Aes256CtsHmacSha384] };

        var (reply, part) = _kdc.ServiceReply(body, _kdc.GrantingTicket());

        Assert.Equal(EncryptionType.Aes128CtsHmacSha1, part.Key.Type);
        Assert.Equal(_kdc.Web.EncryptionTypes[0], reply.Ticket.EncPart.Type);
    }

    [Fact]
    public void Answer_RotatedService_TicketOfTheNewVersion()
    {
        _kdc.Web.Rotate();

        var (reply, _) = _kdc.ServiceReply(_kdc.ServiceBody, _kdc.GrantingTicket());

        Assert.Equal(2u, reply.Ticket.EncPart.KeyVersion);
        Assert.Equal(_kdc.Alice.Principal, MemoryKdc.Open(reply.Ticket, _kdc.Web).Client);
    }

    [Fact]
    public void Answer_RotatedGrantingService_OldTicketsStillTaken()
    {
        var ticket = _kdc.GrantingTicket();

        _kdc.TicketGrantingService.Rotate();

        Assert.Equal(7u, _kdc.ServiceReply(_kdc.ServiceBody, ticket).Part.Nonce);
    }

    [Fact]
    public void Answer_RequestsOwnRestriction_InTheTicket()
    {
        var granting = _kdc.GrantingTicket();
        var restriction = new AuthorizationData(AuthorizationDataType.TokenRestrictions, new byte[] { 1, 2, 3 });
        var cipher = granting.SessionKey.Seal(KeyUsage.TgsReqAuthDataSessionKey, AuthorizationData.EncodeList([restriction]));

        var (reply, _) = _kdc.ServiceReply(_kdc.ServiceBody with { EncAuthorizationData = new EncryptedData(granting.SessionKey.Type, null, cipher) }, granting);

        Assert.Equal(AuthorizationDataType.TokenRestrictions, Assert.Single(MemoryKdc.Open(reply.Ticket, _kdc.Web).AuthorizationData!).Type);
    }

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

    [Fact]
    public void Answer_Renewal_SameSpanFromNow()
    {
        var ticket = _kdc.GrantingTicket(t => (t.Flags, t.RenewTill) = (t.Flags | TicketFlags.Renewable, _kdc.Now + TimeSpan.FromDays(1)));
        _kdc.Clock.Advance(TimeSpan.FromHours(9));

        var (_, part) = _kdc.ServiceReply(_kdc.LoginBody with { ClientName = null, Options = KdcOptions.Renew }, ticket);

        Assert.Equal(ticket.AuthTime, part.AuthTime);
        Assert.Equal(_kdc.Now + TimeSpan.FromHours(10), part.EndTime);
        Assert.Equal(ticket.RenewTill, part.RenewTill);
    }

    [Fact]
    public void Answer_ValidationOfAPostdated_ValidFromThenOn()
    {
        var start = _kdc.Now + TimeSpan.FromHours(1);
        var ticket = _kdc.GrantingTicket(t => (t.Flags, t.StartTime) = (t.Flags | TicketFlags.Postdated | TicketFlags.Invalid, start));
        var body = _kdc.LoginBody with { ClientName = null, Options = KdcOptions.Validate };
        Assert.Equal(KerberosErrorCode.KRB_AP_ERR_TKT_NYV, _kdc.Error(_kdc.Ask(body, ticket)).Code);
        _kdc.Clock.Advance(TimeSpan.FromHours(1));

        var (_, part) = _kdc.ServiceReply(body, ticket);

        Assert.Equal(TicketFlags.Postdated, part.Flags & (TicketFlags.Postdated | TicketFlags.Invalid));
    }

    [Fact]
    public void Answer_EndOfTheGrantingTicketNear_ServiceTicketEndsWithIt()
    {
        var ticket = _kdc.GrantingTicket(t => t.EndTime = _kdc.Now + TimeSpan.FromMinutes(5));

        Assert.Equal(ticket.Ends, _kdc.ServiceReply(_kdc.ServiceBody, ticket).Part.EndTime);
    }

    [Fact]
    public void Answer_ServiceUnknownFault_LoginGoesOnAndServicesDoNot()
    {
        _kdc.Service.Fault = KdcFault.ServiceUnknown;

        Assert.Equal(7u, _kdc.LoginReply(_kdc.LoginBody).Part.Nonce);
        Assert.Equal(KerberosErrorCode.KDC_ERR_S_PRINCIPAL_UNKNOWN, _kdc.Error(_kdc.Ask(_kdc.ServiceBody, _kdc.GrantingTicket())).Code);
    }

    [Fact]
    public void Answer_EveryOctetOfARequestChanged_AnErrorOrAReplyAndNoException()
    {
        var requests = new[] { _kdc.Login(_kdc.LoginBody), _kdc.Ask(_kdc.ServiceBody, _kdc.GrantingTicket()) };
        foreach (var request in requests)
        {
            for (var i = 0; i < request.Length; i++)
            {
                foreach (byte change in new byte[] { 0x01, 0x80, 0xFF })
                {
                    var changed = (byte[])request.Clone();
                    changed[i] ^= change;
                    Assert.NotNull(_kdc.Service.Answer(changed));
                }

                Assert.True(i == 0 || KrbError.Decode(_kdc.Service.Answer(request.AsMemory(0, i))).Code == KerberosErrorCode.KRB_ERR_GENERIC);
            }
        }
    }

    [Fact]
    public void Answer_AnAnswer_Nothing()
    {
        var error = _kdc.Service.Answer(new byte[] { 0x30, 0x00 });
        Assert.Equal(KerberosErrorCode.KRB_ERR_GENERIC, KrbError.Decode(error).Code);

        Assert.Empty(_kdc.Service.Answer(error));
    }

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

    private void RefusedAuthenticator(KerberosErrorCode code, Func<Authenticator, Authenticator> change)
    {
        ServiceTicket ticket = _kdc.GrantingTicket();
        Assert.Equal(7u, _kdc.ServiceReply(_kdc.ServiceBody, ticket).Part.Nonce);

        Assert.Equal(code, _kdc.Error(_kdc.Ask(_kdc.ServiceBody, ticket, change)).Code);
    }
}
