using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing;
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
    public void Answer_RenewalBeyondRenewTill_Expired()
    {
        var ticket = _kdc.GrantingTicket(t => (t.Flags, t.RenewTill) = (t.Flags | TicketFlags.Renewable, _kdc.Now + TimeSpan.FromHours(1)));
        var body = _kdc.LoginBody with { ClientName = null, Options = KdcOptions.Renew };
        Assert.Equal(7u, _kdc.ServiceReply(body, ticket).Part.Nonce);

        _kdc.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(KerberosErrorCode.KRB_AP_ERR_TKT_EXPIRED, _kdc.Error(_kdc.Ask(body, ticket)).Code);
    }

    [Fact]
    public void Answer_RenewalOfAServicesTicket_ForThatServiceAlone()
    {
        var ticket = _kdc.Issue(_kdc.Web, t => (t.Flags, t.RenewTill) = (t.Flags | TicketFlags.Renewable, _kdc.Now + TimeSpan.FromDays(1)));
        var body = _kdc.ServiceBody with { Options = KdcOptions.Renew };

        Assert.Equal(_kdc.Web.Principal, _kdc.ServiceReply(body, ticket).Part.Service);
        Assert.Equal(KerberosErrorCode.KRB_AP_ERR_NOT_US, _kdc.Error(_kdc.Ask(body with { ServiceName = _kdc.TicketGrantingService.Principal.Name }, ticket)).Code);
    }

    [Fact]
    public void Answer_ForwardOfAForwardable_FlagAndNewAddresses()
    {
        var ticket = _kdc.GrantingTicket(t => t.Flags |= TicketFlags.Forwardable);
        var addresses = new[] { HostAddress.From(System.Net.IPAddress.Loopback) };
        var body = _kdc.LoginBody with { ClientName = null, Options = KdcOptions.Forwarded | KdcOptions.Forwardable, Addresses = addresses };

        var (reply, part) = _kdc.ServiceReply(body, ticket);

        Assert.True(part.Flags.HasFlag(TicketFlags.Forwarded | TicketFlags.Forwardable));
        Assert.Single(MemoryKdc.Open(reply.Ticket, _kdc.TicketGrantingService).Addresses!);
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
}
