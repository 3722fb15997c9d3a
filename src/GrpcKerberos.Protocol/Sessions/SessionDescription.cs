using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Pac;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>What a session is born with; all of it comes from the ticket and the authenticator that gave birth and from the connection.</summary>
internal readonly struct SessionDescription
{
    public SessionDescription()
    {
    }

    public required SessionId Id { get; init; }

    public required SessionKeys Keys { get; init; }

    public required NumberWindow Window { get; init; }

    public required KerberosPrincipal Client { get; init; }

    public required KerberosPrincipal Service { get; init; }

    /// <summary>kvno of the service key that opened the ticket.</summary>
    public required uint KeyVersion { get; init; }

    /// <summary>The enctype of that key.</summary>
    public required EncryptionType TicketEncryptionType { get; init; }

    /// <summary>What the KDC says of the client besides its name.</summary>
    public CallerData? Data { get; init; }

    public required KerberosTime AuthTime { get; init; }

    public required KerberosTime TicketEnds { get; init; }

    /// <summary>How long after its end the ticket is taken; the session is taken as long.</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>The acceptor's time of birth.</summary>
    public required KerberosTime Born { get; init; }

    public TimeSpan MaxLifetime { get; init; } = SessionCache.DefaultMaxLifetime;

    /// <summary>The binding every MIC of the session covers; empty: none.</summary>
    public ReadOnlyMemory<byte> ChannelBinding { get; init; }

    public bool IsServerBound { get; init; }
}
