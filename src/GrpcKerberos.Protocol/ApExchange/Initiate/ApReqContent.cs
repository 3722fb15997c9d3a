using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange.Initiate;

/// <summary>What an authenticator may hold besides the client and the time.</summary>
internal sealed record ApReqContent
{
    /// <summary>K: the key the initiator proposes for what follows.</summary>
    public Subkey? Subkey { get; init; }

    public uint? SequenceNumber { get; init; }

    public Checksum? Checksum { get; init; }

    public IReadOnlyList<AuthorizationData>? AuthorizationData { get; init; }

    public ApOptions Options { get; init; } = ApOptions.MutualRequired;

    /// <summary>Fixed in recordings and tests alone; random otherwise.</summary>
    public ReadOnlyMemory<byte>? Confounder { get; init; }
}
