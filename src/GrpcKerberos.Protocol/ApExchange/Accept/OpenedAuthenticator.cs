using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>Step 3: the session key out of the ticket opened the authenticator.</summary>
internal sealed class OpenedAuthenticator
{
    private OpenedAuthenticator(OpenedTicket ticket, TicketSessionKey sessionKey, Authenticator content)
    {
        Ticket = ticket;
        SessionKey = sessionKey;
        Content = content;
    }

    public OpenedTicket Ticket { get; }

    public TicketSessionKey SessionKey { get; }

    public Authenticator Content { get; }

    public static Step<OpenedAuthenticator> Open(OpenedTicket ticket, AcceptorPolicy policy)
    {
        var key = ticket.Content.Key;
        if (!policy.EncryptionTypes.Contains(key.Type) || !EncryptionProfile.Fits(key))
            return ApRefusal.Of(ApRejection.SessionKeyRefused, $"the ticket's session key is of {key.Type.ToMitName()}, which is off. Next: permit AES session keys for the service's account.");
        var sessionKey = new TicketSessionKey(key.Type, key.Value.Span);
        var sealedPart = ticket.Received.Message.Authenticator;
        if (sealedPart.Type != key.Type || !sessionKey.TryOpen(KeyUsage.ApReqAuthenticator, sealedPart.Cipher.Span, out var plaintext))
            return ApRefusal.Of(ApRejection.AuthenticatorIntegrity, $"the session key of the ticket of {ticket.Content.Client} does not open the authenticator beside it");
        try
        {
            var content = Authenticator.Decode(plaintext);
            if (content.AuthenticatorVersion != Authenticator.Version)
                return ApRefusal.Of(ApRejection.WrongAuthenticatorVersion, $"authenticator-vno is {content.AuthenticatorVersion}, not 5", content);
            return new OpenedAuthenticator(ticket, sessionKey, content);
        }
        catch (DerException e)
        {
            return ApRefusal.Of(ApRejection.AuthenticatorMalformed, $"the authenticator of {ticket.Content.Client} is malformed: {e.Message}");
        }
    }
}
