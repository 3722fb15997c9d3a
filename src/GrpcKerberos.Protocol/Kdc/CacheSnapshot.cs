using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>A ccache as it was when last looked at: its tickets, or why there are none.</summary>
internal sealed record CacheSnapshot(
    FileLocation? Location, CacheStamp? Stamp, CredentialCache? Cache, KerberosException? Error, long LookedAt)
{
    public ServiceTicket? GrantingTicket { get; } = Cache?.FindTicketGrantingTicket();

    public KerberosTime Now(TimeProvider timeProvider) => new KerberosTime(timeProvider.GetUtcNow()) + (Cache?.KdcOffset ?? TimeSpan.Zero);
}

/// <summary>What tells one content of a file from another without reading it.</summary>
internal readonly record struct CacheStamp(DateTime Written, long Length)
{
    /// <summary>Null where there is no such file.</summary>
    public static CacheStamp? Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new CacheStamp(file.LastWriteTimeUtc, file.Length) : null;
    }
}
