namespace GrpcKerberos.AspNetCore;

/// <summary>Whether other replicas with the same key take up a session. A client may always demand that none does.</summary>
public enum SessionPortability
{
    /// <summary>Portable where the call's own connection has TLS, else server-bound.</summary>
    Auto,

    /// <summary>
    /// Every replica with the keytab takes every session up. Who reads a call between the end of TLS and the replica can have it run once more on
    /// each other replica, within the clock skew of its sending, with a body of his choice.
    /// </summary>
    Portable,

    /// <summary>A session belongs to one server process: nothing that was read can be shown elsewhere, or to a later process. The first call takes one more round trip.</summary>
    ServerBound,
}
