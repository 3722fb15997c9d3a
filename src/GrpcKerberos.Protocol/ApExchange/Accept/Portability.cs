namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>Whether a session that begins on a connection may be taken up by other replicas that hold the key.</summary>
internal enum Portability
{
    /// <summary>No: a session belongs to the process that asserted its key.</summary>
    Never,

    /// <summary>Yes, since this very connection has TLS; not for a client that says its own end has none.</summary>
    OverTls,

    /// <summary>Yes, by the operator's word.</summary>
    Always,
}
