using System.Runtime.CompilerServices;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Client;

/// <summary>Renewals that failed, for as long as they say something: a ticket's own until another is in its place, the login's until the KDC takes it again.</summary>
internal sealed class RenewalFailures
{
    private readonly ConditionalWeakTable<ServiceTicket, Exception> _ofTickets = [];
    private Exception? _ofLogin;

    public void Note(ServiceTicket ticket, Exception failure)
    {
        if (IsLogin(ticket)) Volatile.Write(ref _ofLogin, failure);
        else _ofTickets.AddOrUpdate(ticket, failure);
    }

    /// <summary>The KDC gave this one.</summary>
    public void Clear(ServiceTicket obtained)
    {
        if (IsLogin(obtained)) Volatile.Write(ref _ofLogin, null);
    }

    /// <summary>A service ticket cannot outlive its login, so the login's failure is its own.</summary>
    public Exception? Of(ServiceTicket ticket) => _ofTickets.TryGetValue(ticket, out var failure) ? failure : Volatile.Read(ref _ofLogin);

    private static bool IsLogin(ServiceTicket ticket) =>
        ticket.Service.Components is ["krbtgt", var realm] && string.Equals(realm, ticket.Client.Realm, StringComparison.Ordinal);
}
