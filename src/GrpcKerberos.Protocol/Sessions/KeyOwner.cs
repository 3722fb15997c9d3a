namespace GrpcKerberos.Protocol.Sessions;

/// <summary>Whose subkey proves the calls of a session (RFC 4121 section 2).</summary>
internal enum KeyOwner
{
    /// <summary>K, out of the client's authenticator.</summary>
    Initiator,

    /// <summary>The one the server asserted in its KRB_AP_REP: the session is that one server process's.</summary>
    Acceptor,
}
