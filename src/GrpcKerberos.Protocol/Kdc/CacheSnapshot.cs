using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>A ccache as it was when last looked at: its tickets, or why there are none.</summary>
internal sealed record CacheSnapshot(
    FileLocation? Location, FileStamp? Stamp, CredentialCache? Cache, KerberosException? Error, long LookedAt)
{
    public ServiceTicket? GrantingTicket { get; } = Cache?.FindTicketGrantingTicket();

    public KerberosTime Now(TimeProvider timeProvider) => new KerberosTime(timeProvider.GetUtcNow()) + (Cache?.KdcOffset ?? TimeSpan.Zero);
}
