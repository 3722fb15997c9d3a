namespace GrpcKerberos.Protocol.Pac;

/// <summary>Groups of one domain: its SID once, and 4 octets a group.</summary>
internal readonly record struct SidBlock(SidPrefix Domain, uint[] RelativeIds);
