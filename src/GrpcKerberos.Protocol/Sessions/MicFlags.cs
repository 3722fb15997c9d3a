namespace GrpcKerberos.Protocol.Sessions;

/// <summary>The Flags octet of a MIC token (RFC 4121 section 4.2.2).</summary>
[Flags]
internal enum MicFlags : byte
{
    /// <summary>Sent by the initiator, keyed by the initiator's subkey.</summary>
    None = 0,
    SentByAcceptor = 1,
    AcceptorSubkey = 4,
}
