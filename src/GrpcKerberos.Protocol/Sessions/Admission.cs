namespace GrpcKerberos.Protocol.Sessions;

/// <summary>What became of a session that was to be added to the store.</summary>
internal enum Admission
{
    Added,

    /// <summary>There is one of this id; it stays.</summary>
    Existing,

    /// <summary>No place is free, and every session was used not long ago.</summary>
    StoreFull,

    /// <summary>The client holds its share, and used every session of it not long ago.</summary>
    ShareUsedUp,

    /// <summary>The client's sessions were ended after its ticket was issued: it must log in anew.</summary>
    PrincipalEnded,
}
