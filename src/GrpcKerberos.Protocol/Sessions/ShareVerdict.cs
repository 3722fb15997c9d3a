namespace GrpcKerberos.Protocol.Sessions;

/// <summary>Whether a principal may take one more place of a bounded store.</summary>
internal enum ShareVerdict
{
    Taken,

    /// <summary>No place is free for anybody.</summary>
    StoreFull,

    /// <summary>Places are free, but not for this principal.</summary>
    ShareUsedUp,
}
