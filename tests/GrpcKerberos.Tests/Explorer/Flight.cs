namespace GrpcKerberos.Tests.Explorer;

/// <summary>A request under way.</summary>
internal sealed record Flight(Packet Packet, Replica To);
