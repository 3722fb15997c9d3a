namespace GrpcKerberos.Protocol;

/// <summary>Why an exchange failed: the closed list a caller may act on. The text beside it says what to do next.</summary>
public enum KerberosError
{
    /// <summary>Options contradict each other, name what does not exist, or are out of range.</summary>
    ConfigurationInvalid,

    /// <summary>There is neither a live ticket of a login nor a keytab to log in with.</summary>
    NoCredentials,

    /// <summary>The login's ticket has ended and nothing here can renew it.</summary>
    CredentialsExpired,

    /// <summary>The keytab is absent, unreadable, damaged, or holds no usable key.</summary>
    KeytabUnusable,

    /// <summary>The realm knows no such client (KDC_ERR_C_PRINCIPAL_UNKNOWN).</summary>
    ClientUnknown,

    /// <summary>The KDC refused the client's key (KDC_ERR_PREAUTH_FAILED).</summary>
    PreauthenticationFailed,

    /// <summary>The realm knows no such service (KDC_ERR_S_PRINCIPAL_UNKNOWN).</summary>
    ServiceUnknown,

    /// <summary>No service principal was configured and the target holds no host name to make one from.</summary>
    ServiceNameUnknown,

    /// <summary>No KDC is known, or none answered in time.</summary>
    KdcUnreachable,

    /// <summary>The KDC answered with another error, or with an answer that is not right.</summary>
    KdcRefused,

    /// <summary>The two clocks differ by more than the allowed skew (KRB_AP_ERR_SKEW).</summary>
    ClockSkew,

    /// <summary>gRPC dropped the proof: call credentials on a plaintext channel.</summary>
    ProofSkipped,

    /// <summary>The server's answer carried no valid proof (KRB_AP_ERR_MUT_FAIL).</summary>
    ServerNotProven,

    /// <summary>The call carried no proof, and the method needs one.</summary>
    TokenMissing,

    /// <summary>The token, or the header that carries it, is not well formed.</summary>
    TokenMalformed,

    /// <summary>The token is larger than may be sent or taken.</summary>
    TokenTooLarge,

    /// <summary>The service cannot open the ticket: no such key, key version, or wrong key.</summary>
    TicketRefused,

    /// <summary>An encryption or checksum type is not permitted.</summary>
    EncryptionTypeRefused,

    /// <summary>The ticket has ended (KRB_AP_ERR_TKT_EXPIRED).</summary>
    TicketExpired,

    /// <summary>The ticket is not valid yet (KRB_AP_ERR_TKT_NYV).</summary>
    TicketNotYetValid,

    /// <summary>Authenticator and ticket name different clients, or the client may not call here (KRB_AP_ERR_BADMATCH).</summary>
    ClientMismatch,

    /// <summary>The call comes from an address the ticket does not list (KRB_AP_ERR_BADADDR).</summary>
    AddressMismatch,

    /// <summary>The realms the ticket came through are not permitted (KRB_AP_PATH_NOT_ACCEPTED).</summary>
    TransitRefused,

    /// <summary>This proof has been seen before (KRB_AP_ERR_REPEAT).</summary>
    Replayed,

    /// <summary>Client and server saw different TLS certificates.</summary>
    ChannelBindingMismatch,

    /// <summary>The ticket's authorization data is not acceptable.</summary>
    PacRefused,

    /// <summary>The server does not know the session.</summary>
    SessionUnknown,

    /// <summary>The call's MIC, session id or time does not fit its token.</summary>
    ProofRefused,

    /// <summary>The caller is authenticated and may not do this.</summary>
    NotAllowed,

    /// <summary>A store or share the judgement needs is unreachable or used up.</summary>
    Unavailable,
}
