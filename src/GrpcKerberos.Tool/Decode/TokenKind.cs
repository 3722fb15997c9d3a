namespace GrpcKerberos.Tool.Decode;

/// <summary>What is to be read.</summary>
internal enum TokenKind
{
    /// <summary>By its first characters and octets.</summary>
    Auto,

    Authorization,
    AuthenticationInfo,
    WwwAuthenticate,
    ApReq,
    ApRep,
    KrbError,
    Gss,
}
