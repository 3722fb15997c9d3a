using GrpcKerberos.Protocol.ApExchange.Initiate;

namespace GrpcKerberos.Client;

/// <summary>What one attempt of a call sent, to whom, under which session, and by what correction of our clock.</summary>
internal sealed record Attempt(ServicePeer Peer, InitiatorSession Session, TimeSpan Offset, PreparedCall Call)
{
    public override string ToString() => $"{Peer.Service}";
}
