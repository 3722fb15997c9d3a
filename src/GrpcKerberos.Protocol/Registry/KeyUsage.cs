namespace GrpcKerberos.Protocol.Registry;

/// <summary>Key usage numbers (RFC 4120 section 7.5.1, RFC 4121 section 2, RFC 6113 section 7.6), named for what they seal.</summary>
internal enum KeyUsage
{
    PaEncTimestamp = 1,
    Ticket = 2,
    AsRepEncPart = 3,
    TgsReqAuthDataSessionKey = 4,
    TgsReqAuthDataSubkey = 5,
    TgsReqAuthenticatorChecksum = 6,
    TgsReqAuthenticator = 7,
    TgsRepEncPartSessionKey = 8,
    TgsRepEncPartSubkey = 9,
    ApReqAuthenticatorChecksum = 10,
    ApReqAuthenticator = 11,
    ApRepEncPart = 12,

    /// <summary>KERB_NON_KERB_CKSUM_SALT (MS-PAC 2.8): every signature of a PAC.</summary>
    PacSignature = 17,

    /// <summary>RFC 4121 KG-USAGE-ACCEPTOR-SIGN: a MIC made by the acceptor.</summary>
    AcceptorMic = 23,

    /// <summary>RFC 4121 KG-USAGE-INITIATOR-SIGN: a MIC made by the initiator.</summary>
    InitiatorMic = 25,

    /// <summary>RFC 6113 KEY_USAGE_FAST_REQ_CHKSUM: the armour key's checksum of the body outside the armour.</summary>
    FastRequestChecksum = 50,

    /// <summary>RFC 6113 KEY_USAGE_FAST_ENC: KrbFastReq.</summary>
    FastRequest = 51,

    /// <summary>RFC 6113 KEY_USAGE_FAST_REP: KrbFastResponse.</summary>
    FastReply = 52,

    /// <summary>RFC 6113 KEY_USAGE_FAST_FINISHED: the armour key's checksum of the ticket.</summary>
    FastFinished = 53,

    /// <summary>RFC 6113 KEY_USAGE_ENC_CHALLENGE_CLIENT.</summary>
    EncryptedChallengeOfClient = 54,

    /// <summary>RFC 6113 KEY_USAGE_ENC_CHALLENGE_KDC.</summary>
    EncryptedChallengeOfKdc = 55,

    /// <summary>RFC 6806 KEY_USAGE_AS_REQ: the KDC's checksum of an AS-REQ.</summary>
    AsReq = 56,

    /// <summary>RFC 7751 KRB5_KEYUSAGE_CAMMAC: every MAC of an AD-CAMMAC.</summary>
    Cammac = 64,
}
