namespace GrpcKerberos;

/// <summary>How a client's token travels to a server that has not proved to be one of GrpcKerberos.</summary>
public enum KerberosTokenFormat
{
    /// <summary>A bare KRB_AP_REQ with a MIC of its call: GrpcKerberos's own wire.</summary>
    ApReq,

    /// <summary>A GSS-API token of Kerberos (RFC 4121 section 4.1), as gss_accept_sec_context takes it.</summary>
    Gss,

    /// <summary>That token inside SPNEGO (RFC 4178), as HTTP servers and Windows expect it (RFC 4559).</summary>
    Spnego,
}
