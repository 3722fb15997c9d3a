using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;

namespace GrpcKerberos.AspNetCore;

/// <summary>The caller in the words of its ticket.</summary>
public sealed class KerberosCaller
{
    internal KerberosCaller(AcceptedExchange exchange, KerberosPrincipal client)
    {
        Principal = client;
        ServicePrincipal = exchange.Service;
        AuthenticatedAt = exchange.Ticket.AuthTime.ToDateTimeOffset();
        TicketEnds = exchange.Ticket.EndTime.ToDateTimeOffset();
        TicketEncryptionType = exchange.TicketEncryptionType;
        IsChannelBound = exchange.Binding is not null;
    }

    /// <summary>Who calls.</summary>
    public KerberosPrincipal Principal { get; }

    /// <summary>The keytab's principal whose key opened the ticket.</summary>
    public KerberosPrincipal ServicePrincipal { get; }

    /// <summary>When the caller proved itself to the KDC.</summary>
    public DateTimeOffset AuthenticatedAt { get; }

    /// <summary>When the ticket ends.</summary>
    public DateTimeOffset TicketEnds { get; }

    /// <summary>What the ticket is sealed with.</summary>
    public EncryptionType TicketEncryptionType { get; }

    /// <summary>Whether the proof was tied to this very TLS connection.</summary>
    public bool IsChannelBound { get; }

    /// <summary>The principal.</summary>
    public override string ToString() => Principal.ToString();
}
