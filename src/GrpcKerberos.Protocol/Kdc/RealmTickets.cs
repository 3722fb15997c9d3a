using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Ticket-granting tickets of other realms, fetched on the way to services there and kept with the login's own; bounded, in memory alone.</summary>
internal sealed class RealmTickets
{
    public const int Capacity = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, HeldTicket> _tickets = new(StringComparer.Ordinal);
    private ServiceTicket? _home;

    /// <summary>How many are here.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _tickets.Count;
        }
    }

    /// <param name="home">The login's own ticket-granting ticket; those of an earlier one are not given.</param>
    /// <param name="realm">Where it is to be good.</param>
    /// <param name="now">The KDC's time: from when a login would be renewed, a ticket counts no more, since none fetched by it would outlive it.</param>
    /// <param name="ticket">The ticket.</param>
    public bool TryFind(ServiceTicket home, string realm, KerberosTime now, [NotNullWhen(true)] out ServiceTicket? ticket)
    {
        lock (_lock)
        {
            ticket = null;
            if (!ReferenceEquals(home, _home) || !_tickets.TryGetValue(realm, out var held) || now >= held.RenewFrom) return false;
            ticket = held.Ticket;
            return true;
        }
    }

    public void Keep(ServiceTicket home, string realm, ServiceTicket ticket)
    {
        lock (_lock)
        {
            // Past its bound it begins anew: a walk costs a few requests, and nobody honest calls so many realms.
            if (!ReferenceEquals(home, _home) || _tickets.Count >= Capacity) _tickets.Clear();
            _home = home;
            _tickets[realm] = new HeldTicket(ticket, TimeSpan.Zero);
        }
    }

    /// <summary>Drops all; false where there were none.</summary>
    public bool Clear()
    {
        lock (_lock)
        {
            var had = _tickets.Count > 0;
            _tickets.Clear();
            return had;
        }
    }
}
