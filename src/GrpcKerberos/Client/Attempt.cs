using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Client;

/// <summary>What one attempt of a call sent, to whom, under which session, and by what correction of our clock.</summary>
/// <param name="Peer">The service.</param>
/// <param name="Session">K, or the login, and what is known of it.</param>
/// <param name="Bound">The server-bound session that proves the attempt; null: K's.</param>
/// <param name="Offset">The correction of our clock.</param>
/// <param name="Call">Proof and token.</param>
internal sealed record Attempt(ServicePeer Peer, PeerSession Session, BoundSession? Bound, TimeSpan Offset, PreparedCall Call)
{
    /// <summary>Later than the service's time by as little as can be told apart: it takes no authenticator of the moment it began.</summary>
    private static readonly TimeSpan s_later = TimeSpan.FromMicroseconds(1);

    /// <summary>The TLS channel it was meant for; null: any.</summary>
    public ChannelBinding? Binding { get; init; }

    public bool HasToken => Call.Token is not null;

    /// <summary>The value of its <c>authorization</c>.</summary>
    public string Authorization => Call.HasProof ? new AuthorizationValue(Call.Proof, Call.Encoded).Format() : NegotiateValue.Format(Call.Encoded.Span)!;

    /// <summary>The correction of our clock by a time the service proved to have had between this attempt and now: none where ours fits.</summary>
    /// <remarks>
    /// Nobody knows how long either message was on its way, so the least that fits is taken. With more our clock would run ahead by as long as
    /// somebody held up the attempt, and what we send would be good for so much longer.
    /// </remarks>
    public TimeSpan OffsetBy(KerberosTime serverTime, TimeProvider timeProvider)
    {
        var least = serverTime - new KerberosTime(timeProvider.GetUtcNow());
        var most = serverTime - (Call.Time - Offset);
        return Offset >= least && Offset <= most ? Offset : least + s_later;
    }

    public override string ToString() => $"{Peer.Service}";
}
