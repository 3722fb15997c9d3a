using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Initiate;

/// <summary>The client's end of a server-bound session: proved by the subkey one server process asserted.</summary>
internal sealed class BoundSession
{
    private BoundSession(InitiatorSession origin, SessionId id, SessionKeys keys)
    {
        Origin = origin;
        Id = id;
        Keys = keys;
    }

    /// <summary>The K it was established under: their calls share one count.</summary>
    public InitiatorSession Origin { get; }

    public SessionId Id { get; }

    public SessionKeys Keys { get; }

    /// <summary>The session a KRB_AP_REP asserts; null where it asserts none, or another one than was named.</summary>
    public static BoundSession? Of(InitiatorSession origin, VerifiedApRep reply, SessionId named)
    {
        if (reply.AcceptorSubkey is not { } subkey) return null;
        var id = SessionId.Derive(subkey, origin.Ticket.Ticket.Encoded.Span);
        return id.Equals(named) ? new BoundSession(origin, id, new SessionKeys(subkey, KeyOwner.Acceptor)) : null;
    }
}
