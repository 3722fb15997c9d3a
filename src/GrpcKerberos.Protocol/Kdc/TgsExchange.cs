using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>A ticket for a service, by the ticket-granting ticket (RFC 4120 section 3.3); or one that leads to another realm (RFC 6806 section 8).</summary>
internal sealed class TgsExchange(
    KdcConversation conversation,
    KdcClock clock,
    TimeSpan clockSkew,
    ServiceTicket grantingTicket,
    KerberosPrincipal service,
    IReadOnlyList<EncryptionType> offered)
{
    private TimeSpan _offset = clock.Offset;
    private bool _corrected;

    /// <summary>The KDC's clock less this host's, as the reply proved it.</summary>
    public TimeSpan Offset => _offset;

    public KdcAddress? Kdc { get; private set; }

    public async ValueTask<ServiceTicket> RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var body = new KdcReqBody(
                KdcOptions.Canonicalize, null, service.Realm, service.Name, grantingTicket.Ends, KdcRequests.NewNonce(), offered);
            using var subkey = Subkey.Generate(grantingTicket.SessionKey.Type);
            var proof = PreparedApReq.PrepareForKdc(grantingTicket, clock.Next(_offset), body.Encode(), subkey);
            var request = new KdcReq(MessageType.TgsReq, body, [new PreAuthData(PreAuthType.TgsReq, proof.Encoded)]);
            var reply = await conversation.SendAsync(MessageType.TgsRep, request.Encode(), cancellationToken).ConfigureAwait(false);
            Kdc = reply.Kdc;
            if (reply.Rep is not null) return Accept(reply, body, subkey);
            Heed(reply.Kdc, reply.Error!);
        }
    }

    private void Heed(KdcAddress kdc, KrbError error)
    {
        if (error.Code != KerberosErrorCode.KRB_AP_ERR_SKEW) throw KdcErrors.OfTicket(error, kdc, grantingTicket, service, offered);
        var offset = error.ServerTime - clock.HostNow;
        // Anyone can write a KRB-ERROR: it may not have us make an authenticator for a time outside the ticket's life.
        var isOutside = error.ServerTime > grantingTicket.Ends || error.ServerTime < grantingTicket.Starts - clockSkew;
        if (_corrected || isOutside) throw KdcErrors.ClockSkew(kdc, offset, clockSkew);
        _offset = offset;
        _corrected = true;
    }

    private ServiceTicket Accept(KdcReply reply, KdcReqBody body, Subkey subkey)
    {
        var sealedPart = reply.Rep!.EncPart;
        VerifiedKdcRep.RequireOffered(reply.Kdc, sealedPart.Type, [.. offered, subkey.Type]);
        // With a subkey the reply is sealed by it; KDCs that pass over it use the ticket's session key (RFC 4120 section 3.3.3).
        if (!subkey.TryOpen(KeyUsage.TgsRepEncPartSubkey, sealedPart.Cipher.Span, out var plaintext)
            && !grantingTicket.SessionKey.TryOpen(KeyUsage.TgsRepEncPartSessionKey, sealedPart.Cipher.Span, out plaintext))
            throw KdcErrors.WrongReply(reply.Kdc, "it is sealed with neither our subkey nor the ticket-granting ticket's key");
        var ticket = VerifiedKdcRep.Verify(reply, plaintext, body, grantingTicket.Client, service).Ticket;
        KdcRequests.CheckTimes(reply.Kdc, ticket, clock.HostNow + _offset, clockSkew);
        return ticket;
    }
}
