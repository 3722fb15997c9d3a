namespace GrpcKerberos.Protocol.Credentials;

/// <summary>What a login left behind: its principal and its tickets, ticket-granting ones among them, in file order. Immutable.</summary>
/// <param name="owner">The default principal: who logged in.</param>
/// <param name="tickets">Tickets with a session key we have code for.</param>
/// <param name="kdcOffset">The KDC's clock less this host's, as the login measured it.</param>
internal sealed class CredentialCache(KerberosPrincipal owner, IReadOnlyList<ServiceTicket> tickets, TimeSpan kdcOffset = default)
{
    public KerberosPrincipal Owner { get; } = owner;

    public IReadOnlyList<ServiceTicket> Tickets { get; } = tickets;

    public TimeSpan KdcOffset { get; } = kdcOffset;

    /// <summary>As if the tickets with session keys of other types were not there.</summary>
    public CredentialCache Where(Func<EncryptionType, bool> isPermitted) =>
        Tickets.All(t => isPermitted(t.SessionKey.Type)) ? this : new(Owner, [.. Tickets.Where(t => isPermitted(t.SessionKey.Type))], KdcOffset);

    /// <summary>The owner's ticket for a service; of several, the one that ends last. Expired ones count: the caller has the clock and the message.</summary>
    /// <remarks>Tickets of other clients, as a service acting for users collects them, never match.</remarks>
    public ServiceTicket? Find(KerberosPrincipal service) =>
        Tickets.Where(t => t.Service.Equals(service) && t.Client.Equals(Owner)).MaxBy(static t => t.Ends);

    /// <summary>The owner's ticket-granting ticket of the own realm.</summary>
    public ServiceTicket? FindTicketGrantingTicket() => Find(KerberosPrincipal.TicketGrantingService(Owner.Realm));
}
