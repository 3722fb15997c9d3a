using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>From an exchange to the session it begins.</summary>
internal static class SessionBirth
{
    public static AcceptorSession Of(AcceptedExchange exchange, AcceptorPolicy policy, KerberosTime now, object? state)
    {
        var description = new SessionDescription
        {
            Id = exchange.Session,
            Keys = exchange.Keys,
            Window = WindowOf(exchange),
            Client = exchange.Client,
            Service = exchange.Service,
            KeyVersion = exchange.KeyVersion,
            TicketEncryptionType = exchange.TicketEncryptionType,
            Data = exchange.Data,
            AuthTime = exchange.Ticket.AuthTime,
            TicketEnds = exchange.Ticket.EndTime,
            Skew = policy.MaxClockSkew,
            Born = now,
            MaxLifetime = policy.MaxSessionLifetime,
            ChannelBinding = exchange.Binding?.EndPointHash ?? default,
            IsServerBound = exchange.IsServerBound,
        };
        return new AcceptorSession(description) { State = state };
    }

    public static ApRefusal? Refusal(Admission admission, AcceptedExchange exchange) => admission switch
    {
        Admission.Added or Admission.Existing => null,
        Admission.StoreFull => Refuse(exchange, ApRejection.SessionsFull, "every session of the store is in use. Next: raise MaxSessions."),
        Admission.ShareUsedUp => Refuse(exchange, ApRejection.SessionShareUsedUp, $"{exchange.Client} has used up its share of the sessions. Next: let it keep its sessions, or raise MaxSessions."),
        Admission.PrincipalEnded => Refuse(exchange, ApRejection.PrincipalEnded, $"the sessions of {exchange.Client} were ended, and it has not logged in since"),
        _ => throw new ArgumentOutOfRangeException(nameof(admission)),
    };

    private static ApRefusal Refuse(AcceptedExchange exchange, ApRejection cause, string detail) => ApRefusal.Of(cause, detail, exchange.Authenticator);

    /// <summary>
    /// A portable session begins at its authenticator's number: what lies below may have been run by a process that is gone. The key of a server-bound
    /// one is no older than this process, and forgets no call within twice the skew: nothing lies below, so calls whose tokens crossed on the way all find it.
    /// </summary>
    private static NumberWindow WindowOf(AcceptedExchange exchange)
    {
        var number = exchange.Authenticator.SequenceNumber ?? 0;
        return new NumberWindow(exchange.IsServerBound ? 0 : number, number);
    }
}
