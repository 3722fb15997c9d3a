using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>Step 2: one of our keys opened the ticket, it is valid now, and it is for a name we go by.</summary>
internal sealed class OpenedTicket
{
    private OpenedTicket(ReceivedApReq received, EncTicketPart content, KeytabEntry openedBy)
    {
        Received = received;
        Content = content;
        OpenedBy = openedBy;
    }

    public ReceivedApReq Received { get; }

    public EncTicketPart Content { get; }

    /// <summary>The keytab entry that opened the ticket: the service's name that counts.</summary>
    public KeytabEntry OpenedBy { get; }

    public static Step<OpenedTicket> Open(ReceivedApReq received, Keytab keytab, AcceptorPolicy policy, KerberosTime now)
    {
        var ticket = received.Message.Ticket;
        var type = ticket.EncPart.Type;
        if (!policy.EncryptionTypes.Contains(type))
            return ApRefusal.Of(ApRejection.TicketEncryptionTypeRefused, $"the ticket is sealed with {type.ToMitName()}, which is off. Next: give the service's account AES keys.");
        if (!KeyCandidates.TryOpen(ticket, keytab, policy.TryOtherPrincipals, out var entry, out var plaintext)) return KeyCandidates.Explain(ticket, keytab);
        return Read(plaintext).Passed(out var content, out var refusal)
            ? Judge(new OpenedTicket(received, content, entry), policy, now)
            : refusal;
    }

    private static Step<EncTicketPart> Read(byte[] plaintext)
    {
        try
        {
            return EncTicketPart.Decode(plaintext);
        }
        catch (DerException e)
        {
            return ApRefusal.Of(ApRejection.TicketMalformed, $"our key opened the ticket, but it holds no EncTicketPart: {e.Message}");
        }
    }

    private static Step<OpenedTicket> Judge(OpenedTicket ticket, AcceptorPolicy policy, KerberosTime now)
    {
        var content = ticket.Content;
        var skew = policy.MaxClockSkew;
        if (content.Flags.HasFlag(TicketFlags.Invalid)) return ApRefusal.Of(ApRejection.TicketInvalid, "the ticket is postdated and not yet validated");
        if (content.Starts > now + skew) return ApRefusal.Of(ApRejection.TicketNotYetValid, $"the ticket of {content.Client} starts {content.Starts}, now is {now}");
        if (content.EndTime < now - skew) return ApRefusal.Of(ApRejection.TicketExpired, $"the ticket of {content.Client} ended {content.EndTime}, now is {now}");
        var name = ticket.OpenedBy.Principal;
        if (policy.ServicePrincipals.Count > 0 && !policy.ServicePrincipals.Contains(name))
            return ApRefusal.Of(ApRejection.WrongService, $"the ticket is for {name}, this service is {string.Join(", ", policy.ServicePrincipals)}. Next: correct the client's ServicePrincipal, or add the name to ServicePrincipals.");
        return ticket;
    }
}
