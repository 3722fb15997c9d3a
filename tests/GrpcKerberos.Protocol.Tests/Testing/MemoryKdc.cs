using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing.Kdc;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Testing;

/// <summary>A KDC without sockets, and a client's requests to it: valid as made, each part open to change.</summary>
internal sealed class MemoryKdc
{
    public const string Realm = "TEST.LOCAL";

    public MemoryKdc(params EncryptionType[] types)
    {
        IReadOnlyList<EncryptionType> all = types.Length > 0 ? types : EncryptionTypeList.Default;
        Service = new KdcService(new KdcDatabase(Realm, all), Clock, TimeSpan.FromHours(10));
        Alice = KdcAccount.WithRandomKeys(KerberosPrincipal.Parse($"alice@{Realm}"), all);
        Web = KdcAccount.WithRandomKeys(KerberosPrincipal.Parse($"HTTP/web@{Realm}"), all);
        Service.Database.Add(Alice);
        Service.Database.Add(Web);
    }

    public ManualClock Clock { get; } = new();

    public KdcService Service { get; }

    public KdcAccount Alice { get; }

    public KdcAccount Web { get; }

    public KdcAccount TicketGrantingService => Service.Database.TicketGrantingService;

    public KerberosTime Now => new(Clock.GetUtcNow());

    public KdcReqBody LoginBody => new(
        KdcOptions.None, Alice.Principal.Name, Realm, TicketGrantingService.Principal.Name, Now + TimeSpan.FromDays(1), 7, Alice.EncryptionTypes);

    public KdcReqBody ServiceBody => LoginBody with { ClientName = null, ServiceName = Web.Principal.Name };

    /// <summary>A ticket-granting ticket of alice's.</summary>
    public ServiceTicket GrantingTicket(Action<TicketTemplate>? change = null) => Issue(TicketGrantingService, change);

    public ServiceTicket Issue(KdcAccount service, Action<TicketTemplate>? change = null)
    {
        var template = new TicketTemplate(Alice.Principal, service.Principal, Now, TimeSpan.FromHours(10), service.RequireKey);
        change?.Invoke(template);
        return template.Issue();
    }

    /// <summary>An AS-REQ with PA-ENC-TIMESTAMP, sealed with alice's key of the body's first type unless another is given.</summary>
    public byte[] Login(KdcReqBody body, KerberosTime? time = null, LongTermKey? key = null)
    {
        key ??= Alice.Find(body.EncryptionTypes[0])!.Key!;
        var cipher = key.Seal(KeyUsage.PaEncTimestamp, new PaEncTimestamp(time ?? Now).Encode());
        var stamp = new PreAuthData(PreAuthType.EncTimestamp, new EncryptedData(key.Type, null, cipher).Encode());
        return new KdcReq(MessageType.AsReq, body, [stamp]).Encode();
    }

    /// <summary>A TGS-REQ. The checksum is of <paramref name="signed"/>, or of the body.</summary>
    public byte[] Ask(
        KdcReqBody body,
        ServiceTicket ticket,
        Func<Authenticator, Authenticator>? change = null,
        KdcReqBody? signed = null,
        KeyUsage usage = KeyUsage.TgsReqAuthenticator,
        Func<ApReq, ApReq>? changeRequest = null)
    {
        var key = ticket.SessionKey;
        var checksum = new Checksum(key.ChecksumType, key.MakeChecksum(KeyUsage.TgsReqAuthenticatorChecksum, (signed ?? body).Encode()));
        var authenticator = new Authenticator(ticket.Client, Now, checksum);
        if (change is not null) authenticator = change(authenticator);
        var request = new ApReq(ApOptions.None, ticket.Ticket, new EncryptedData(key.Type, null, key.Seal(usage, authenticator.Encode())));
        if (changeRequest is not null) request = changeRequest(request);
        return new KdcReq(MessageType.TgsReq, body, [new PreAuthData(PreAuthType.TgsReq, request.Encode())]).Encode();
    }

    public KrbError Error(byte[] request) => KrbError.Decode(Service.Answer(request));

    /// <summary>The reply and its sealed part.</summary>
    public (KdcRep Reply, EncKdcRepPart Part) Reply(byte[] request, KerberosKey key, KeyUsage usage)
    {
        var answer = Service.Answer(request);
        var type = usage == KeyUsage.AsRepEncPart ? MessageType.AsRep : MessageType.TgsRep;
        Assert.True(answer[0] == (0x60 | (int)type), answer[0] == 0x7E ? $"{KrbError.Decode(answer)}" : "neither reply nor error");
        var reply = KdcRep.Decode(type, answer);
        Assert.True(key.TryOpen(usage, reply.EncPart.Cipher.Span, out var plaintext));
        return (reply, EncKdcRepPart.Decode(plaintext));
    }

    public (KdcRep Reply, EncKdcRepPart Part) LoginReply(KdcReqBody body) =>
        Reply(Login(body), Alice.Find(body.EncryptionTypes[0])!.Key!, KeyUsage.AsRepEncPart);

    public (KdcRep Reply, EncKdcRepPart Part) ServiceReply(KdcReqBody body, ServiceTicket ticket) =>
        Reply(Ask(body, ticket), ticket.SessionKey, KeyUsage.TgsRepEncPartSessionKey);

    /// <summary>What the service's key hides.</summary>
    public static EncTicketPart Open(Ticket ticket, KdcAccount service)
    {
        var key = service.Find(ticket.EncPart.Type, ticket.EncPart.KeyVersion)!.Key!;
        Assert.True(key.TryOpen(KeyUsage.Ticket, ticket.EncPart.Cipher.Span, out var plaintext));
        return EncTicketPart.Decode(plaintext);
    }
}
