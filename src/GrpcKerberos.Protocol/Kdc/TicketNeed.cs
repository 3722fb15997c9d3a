using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>What a fetch is for.</summary>
/// <param name="Current">The ticket to renew, which still lives: null may be fetched if nothing that ends later is to be had.</param>
/// <param name="Refused">A ticket that was refused: not this one again.</param>
internal readonly record struct TicketNeed(ServiceTicket? Current, ServiceTicket? Refused)
{
    /// <summary>Whether a ticket that is at hand without asking anyone does.</summary>
    public bool IsMetBy(ServiceTicket ticket) =>
        (Current is null || ticket.Ends > Current.Ends)
        && (Refused is null || !ticket.Ticket.Encoded.Span.SequenceEqual(Refused.Ticket.Encoded.Span));
}
