namespace GrpcKerberos.Protocol.Registry;

/// <summary>name-type of a PrincipalName (RFC 4120 section 6.2, RFC 6111). Names compare without it.</summary>
internal enum NameType
{
    Unknown = 0,
    Principal = 1,
    ServiceInstance = 2,
    ServiceHost = 3,
    WellKnown = 11,
}
