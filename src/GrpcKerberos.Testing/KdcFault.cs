namespace GrpcKerberos.Testing;

/// <summary>What is wrong with the KDC of a <see cref="TestRealm"/>, for tests of how a client bears it.</summary>
public enum KdcFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Its port is closed: connections are refused. It opens again, on the same port, when the fault is lifted.</summary>
    Unreachable,

    /// <summary>It takes requests and never answers them.</summary>
    Silent,

    /// <summary>Its clock is 20 minutes ahead.</summary>
    ClockAhead,

    /// <summary>Its clock is 20 minutes behind.</summary>
    ClockBehind,

    /// <summary>Its replies carry another nonce than the request: a replayed reply.</summary>
    WrongNonce,

    /// <summary>It knows no service but the ticket-granting one (KDC_ERR_S_PRINCIPAL_UNKNOWN).</summary>
    ServiceUnknown,

    /// <summary>It refuses every client's key (KDC_ERR_PREAUTH_FAILED), as after a change of password.</summary>
    PreauthenticationFailed,

    /// <summary>It shares no encryption type with anybody (KDC_ERR_ETYPE_NOSUPP).</summary>
    EncryptionTypeUnsupported,

    /// <summary>Its replies are sealed with a key the client does not have: somebody else answers in its place.</summary>
    WrongKey,
}
