using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>What one scheme has made of its options at start, and shares among all calls.</summary>
internal sealed class SchemeAcceptor
{
    public required string Name { get; init; }

    public required CallAcceptor Calls { get; init; }

    public required SessionCache Sessions { get; init; }

    public required LoadedKeytab Keytab { get; init; }

    public required RoleMap Roles { get; init; }

    public required ServerLog Log { get; init; }

    public required KerberosAuthenticationOptions Options { get; init; }
}
