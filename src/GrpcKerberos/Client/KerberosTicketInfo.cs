using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos;

/// <summary>What is known of a service ticket, without its keys.</summary>
public sealed class KerberosTicketInfo
{
    internal KerberosTicketInfo(ServiceTicket ticket, int tokenBytes, TicketStanding standing)
    {
        Standing = standing;
        Client = ticket.Client;
        Service = ticket.Service;
        TicketEncryptionType = ticket.Ticket.EncPart.Type;
        SessionEncryptionType = ticket.SessionKey.Type;
        KeyVersion = (int?)ticket.Ticket.EncPart.KeyVersion;
        Starts = ticket.Starts.ToDateTimeOffset();
        Ends = ticket.Ends.ToDateTimeOffset();
        TokenBytes = tokenBytes;
    }

    /// <summary>Whose ticket it is.</summary>
    public KerberosPrincipal Client { get; }

    /// <summary>The service as the KDC named it.</summary>
    public KerberosPrincipal Service { get; }

    /// <summary>What the ticket is sealed with: a type of the service's key.</summary>
    public EncryptionType TicketEncryptionType { get; }

    /// <summary>The type of the session key the KDC made.</summary>
    public EncryptionType SessionEncryptionType { get; }

    /// <summary>kvno of the service's key, where the KDC says it.</summary>
    public int? KeyVersion { get; }

    /// <summary>From when the ticket is good.</summary>
    public DateTimeOffset Starts { get; }

    /// <summary>Until when the ticket is good.</summary>
    public DateTimeOffset Ends { get; }

    /// <summary>Octets of a KRB_AP_REQ made with it, as it goes into a header before base64url.</summary>
    public int TokenBytes { get; }

    internal TicketStanding Standing { get; }
}
