namespace GrpcKerberos.Protocol.Registry;

/// <summary>name-type of a PrincipalName (RFC 4120 section 6.2, RFC 6111). Names compare without it.</summary>
internal enum NameType
{
    Unknown = 0,
    Principal = 1,
    ServiceInstance = 2,
    ServiceHost = 3,

    /// <summary>An account as people type it, <c>alice@corp.example</c> in one component (RFC 6806 section 5).</summary>
    Enterprise = 10,
    WellKnown = 11,
}
