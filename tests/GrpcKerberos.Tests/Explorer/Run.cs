namespace GrpcKerberos.Tests.Explorer;

/// <summary>One run of a unit.</summary>
/// <param name="Packet">The attempt that ran.</param>
/// <param name="Replica">Where.</param>
/// <param name="Incarnation">Which process there.</param>
internal sealed record Run(Packet Packet, Replica Replica, int Incarnation);
