namespace GrpcKerberos.Protocol.Registry;

/// <summary>padata-type values (RFC 4120 section 7.5.2, RFC 6113 section 7.1).</summary>
internal enum PreAuthType
{
    TgsReq = 1,
    EncTimestamp = 2,
    PwSalt = 3,
    EtypeInfo2 = 19,

    /// <summary>PA-FX-COOKIE: the KDC's, given back as it came (RFC 6113 section 5.2).</summary>
    FxCookie = 133,

    /// <summary>PA-FX-FAST: a request or a reply in armour (RFC 6113 section 5.4).</summary>
    FxFast = 136,

    /// <summary>PA-FX-ERROR: the KRB-ERROR inside the armour (RFC 6113 section 5.4.4).</summary>
    FxError = 137,

    /// <summary>PA-ENCRYPTED-CHALLENGE (RFC 6113 section 5.4.6).</summary>
    EncryptedChallenge = 138,

    /// <summary>PA-REQ-ENC-PA-REP (RFC 6806 section 11).</summary>
    ReqEncPaRep = 149,
}
