namespace GrpcKerberos.Protocol.Registry;

/// <summary>padata-type values (RFC 4120 section 7.5.2).</summary>
internal enum PreAuthType
{
    TgsReq = 1,
    EncTimestamp = 2,
    PwSalt = 3,
    EtypeInfo2 = 19,

    /// <summary>PA-REQ-ENC-PA-REP (RFC 6806 section 11).</summary>
    ReqEncPaRep = 149,
}
