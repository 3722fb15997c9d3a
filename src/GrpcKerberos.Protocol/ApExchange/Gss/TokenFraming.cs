namespace GrpcKerberos.Protocol.ApExchange.Gss;

/// <summary>What a client puts around its KRB_AP_REQ, and the acceptor around its answer.</summary>
internal enum TokenFraming
{
    /// <summary>Nothing: the message itself.</summary>
    ApReq,

    /// <summary>The frame of RFC 4121 section 4.1.</summary>
    Gss,

    /// <summary>That frame inside the negotiation of RFC 4178.</summary>
    Spnego,
}
