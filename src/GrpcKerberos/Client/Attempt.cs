using GrpcKerberos.Protocol.ApExchange.Initiate;

namespace GrpcKerberos.Client;

/// <summary>What one attempt of a call sent, to whom, under which session, and by what correction of our clock.</summary>
/// <param name="Peer">The service.</param>
/// <param name="Session">K, and what is known of it.</param>
/// <param name="Bound">The server-bound session that proves the attempt; null: K's.</param>
/// <param name="Offset">The correction of our clock.</param>
/// <param name="Call">Proof and token.</param>
internal sealed record Attempt(ServicePeer Peer, PeerSession Session, BoundSession? Bound, TimeSpan Offset, PreparedCall Call)
{
    public bool HasToken => Call.Token is not null;

    public override string ToString() => $"{Peer.Service}";
}
