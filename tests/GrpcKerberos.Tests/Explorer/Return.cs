namespace GrpcKerberos.Tests.Explorer;

/// <summary>An answer under way.</summary>
internal sealed record Return(Packet Packet, Reply Reply);
