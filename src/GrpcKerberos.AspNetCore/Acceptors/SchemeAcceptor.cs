using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>What one scheme has made of its options at start, and shares among all calls.</summary>
internal sealed class SchemeAcceptor
{
    public required string Name { get; init; }

    public required ApAcceptor Acceptor { get; init; }

    public required LoadedKeytab Keytab { get; init; }

    public required RoleMap Roles { get; init; }

    public required ServerLog Log { get; init; }

    /// <summary>The name KRB-ERRORs give as the server's.</summary>
    public required KerberosPrincipal Service { get; init; }

    public required int MaxTokenBytes { get; init; }

    public required bool RequireAuthenticatedUser { get; init; }
}
