using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Pac;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>Who has proved itself, in the words of its ticket: while a session begins, and as long as it lasts.</summary>
internal interface IProvedCaller
{
    KerberosPrincipal Client { get; }

    /// <summary>The keytab's principal whose key opened the ticket.</summary>
    KerberosPrincipal Service { get; }

    /// <summary>What the KDC says of the client besides its name; null where that is nothing.</summary>
    CallerData? Data { get; }

    KerberosTime AuthTime { get; }

    KerberosTime TicketEnds { get; }

    /// <summary>kvno of the key that opened the ticket.</summary>
    uint KeyVersion { get; }

    /// <summary>What the ticket is sealed with.</summary>
    EncryptionType TicketEncryptionType { get; }

    bool IsChannelBound { get; }
}
