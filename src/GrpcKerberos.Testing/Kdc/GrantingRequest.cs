using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Testing.Kdc;

/// <summary>The PA-TGS-REQ of a TGS-REQ, opened and checked (RFC 4120 section 3.3.2): whose ticket came, and the keys beside it.</summary>
internal sealed class GrantingRequest
{
    private GrantingRequest(EncTicketPart ticket, TicketSessionKey sessionKey, Authenticator authenticator)
    {
        Ticket = ticket;
        SessionKey = sessionKey;
        Authenticator = authenticator;
        Subkey = ReadSubkey(authenticator);
    }

    /// <summary>The ticket presented: a ticket-granting one, or the one to be renewed or validated.</summary>
    public EncTicketPart Ticket { get; }

    public TicketSessionKey SessionKey { get; }

    public Authenticator Authenticator { get; }

    public Subkey? Subkey { get; }

    public static GrantingRequest Open(KdcRequest request)
    {
        if (request.FindPreAuth(PreAuthType.TgsReq) is not { } value)
            throw new KdcRefusedException(KerberosErrorCode.KDC_ERR_PADATA_TYPE_NOSUPP, "the request carries no ticket");
        var message = ApReq.Decode(value);
        if (message.ProtocolVersion != ApReq.Version) throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_BADVERSION, "pvno is not 5");
        if (message.Type != (int)MessageType.ApReq) throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_MSG_TYPE, "msg-type is not 14");
        var ticket = PresentedTicket.Open(request, message.Ticket);
        var sessionKey = ReadSessionKey(ticket.Key);
        var authenticator = OpenAuthenticator(message.Authenticator, sessionKey);
        Check(request, ticket, sessionKey, authenticator);
        return new GrantingRequest(ticket, sessionKey, authenticator);
    }

    private static Authenticator OpenAuthenticator(EncryptedData sent, TicketSessionKey sessionKey) =>
        sent.Type == sessionKey.Type && sessionKey.TryOpen(KeyUsage.TgsReqAuthenticator, sent.Cipher.Span, out var plaintext)
            ? Authenticator.Decode(plaintext)
            : throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_BAD_INTEGRITY, "the authenticator does not open");

    private static void Check(KdcRequest request, EncTicketPart ticket, TicketSessionKey sessionKey, Authenticator authenticator)
    {
        var clientTime = authenticator.ClientTime;
        if (!authenticator.Client.Equals(ticket.Client))
            throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_BADMATCH, "ticket and authenticator do not match", clientTime);
        request.RequireClockNear(clientTime);
        if (authenticator.Checksum is not { } checksum || checksum.Type != sessionKey.ChecksumType)
            throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_INAPP_CKSUM, "the checksum is absent or of the wrong type", clientTime);
        if (!sessionKey.VerifyChecksum(KeyUsage.TgsReqAuthenticatorChecksum, request.EncodedBody.Span, checksum.Value.Span))
            throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_MODIFIED, "the checksum is of another body", clientTime);
    }

    private static TicketSessionKey ReadSessionKey(EncryptionKey key) =>
        IsWellFormed(key) ? new TicketSessionKey(key.Type, key.Value.Span) : throw KdcRequest.NoCommonEncryptionType("the session key is of no known type");

    private static Subkey? ReadSubkey(Authenticator authenticator)
    {
        if (authenticator.Subkey is not { } key) return null;
        return IsWellFormed(key) ? new Subkey(key.Type, key.Value.Span) : throw KdcRequest.NoCommonEncryptionType("the subkey is of no known type");
    }

    private static bool IsWellFormed([NotNullWhen(true)] EncryptionKey? key) =>
        key is not null && EncryptionProfile.Fits(key);
}
