using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Initiate;

/// <summary>The client's end of a session that is not K's: proved by the subkey one server process asserted, or by a security context of the operating system.</summary>
/// <param name="id">The session's id.</param>
/// <param name="prover">What proves its calls.</param>
internal sealed class BoundSession(SessionId id, ICallProver prover)
{
    public SessionId Id { get; } = id;

    public ICallProver Prover { get; } = prover;

    /// <summary>The session a KRB_AP_REP asserts; null where it asserts none, or another one than was named.</summary>
    public static BoundSession? Of(InitiatorSession origin, VerifiedApRep reply, SessionId named) => Of(origin.Ticket, reply, named);

    /// <inheritdoc cref="Of(InitiatorSession, VerifiedApRep, SessionId)"/>
    public static BoundSession? Of(ServiceTicket ticket, VerifiedApRep reply, SessionId named)
    {
        if (reply.AcceptorSubkey is not { } subkey) return null;
        var id = SessionId.Derive(subkey, ticket.Ticket.Encoded.Span);
        return id.Equals(named) ? new BoundSession(id, new SessionKeys(subkey, KeyOwner.Acceptor)) : null;
    }
}
