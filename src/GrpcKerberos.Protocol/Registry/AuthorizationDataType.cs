namespace GrpcKerberos.Protocol.Registry;

/// <summary>ad-type values (RFC 4120 section 7.5.4, MS-KILE 2.2.6, RFC 7751, RFC 8129).</summary>
internal enum AuthorizationDataType
{
    IfRelevant = 1,
    KdcIssued = 4,
    AndOr = 5,
    MandatoryForKdc = 8,
    Cammac = 96,
    AuthenticationIndicator = 97,
    Win2kPac = 128,

    /// <summary>KERB_AUTH_DATA_TOKEN_RESTRICTIONS.</summary>
    TokenRestrictions = 141,

    /// <summary>KERB_AP_OPTIONS: 0x4000 (KERB_AP_OPTIONS_CBT) demands that channel bindings be checked.</summary>
    ApOptions = 143,

    /// <summary>The client's idea of the service it calls, UTF-16.</summary>
    TargetPrincipal = 144,

    /// <summary>RFC 4537 list of enctypes the client can use.</summary>
    EtypeNegotiation = 129,

    /// <summary>Private to GrpcKerberos: <c>grpc-kerberos-1</c> and one octet of flags; see protos/README.md.</summary>
    GrpcKerberos = -17,
}
