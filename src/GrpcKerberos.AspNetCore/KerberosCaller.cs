using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.AspNetCore;

/// <summary>The caller in the words of its ticket.</summary>
public sealed class KerberosCaller
{
    private readonly IProvedCaller _caller;

    internal KerberosCaller(IProvedCaller caller) => _caller = caller;

    /// <summary>Who calls.</summary>
    public KerberosPrincipal Principal => _caller.Client;

    /// <summary>The keytab's principal whose key opened the ticket.</summary>
    public KerberosPrincipal ServicePrincipal => _caller.Service;

    /// <summary>When the caller proved itself to the KDC.</summary>
    public DateTimeOffset AuthenticatedAt => _caller.AuthTime.ToDateTimeOffset();

    /// <summary>When the ticket ends.</summary>
    public DateTimeOffset TicketEnds => _caller.TicketEnds.ToDateTimeOffset();

    /// <summary>What the ticket is sealed with.</summary>
    public EncryptionType TicketEncryptionType => _caller.TicketEncryptionType;

    /// <summary>Whether the session is tied to the TLS certificate the client saw, this connection's or a listed proxy's: calls over another are not of it.</summary>
    public bool IsChannelBound => _caller.IsChannelBound;

    /// <summary>The principal.</summary>
    public override string ToString() => Principal.ToString();
}
