using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Client;

/// <summary>One K for a ticket of ours.</summary>
/// <param name="origin">K.</param>
/// <param name="birth">The TLS channel seen when K was made; null: none is bound to. Calls that come again may go on another one.</param>
/// <param name="scheduler">Where establishing runs.</param>
/// <param name="time">The client's.</param>
internal sealed class TicketSession(InitiatorSession origin, ChannelBinding? birth, TaskScheduler scheduler, TimeProvider time) : PeerSession(scheduler, time)
{
    private volatile bool _isNamed;

    public InitiatorSession Origin { get; } = origin;

    public ChannelBinding? Birth { get; } = birth;

    /// <summary>Whether K's id went out in a proof, where anybody may have read it: to name it shows nothing any more.</summary>
    public bool IsNamed => _isNamed;

    public override ServiceTicket Ticket => Origin.Ticket;

    public override bool CanRepeatNumbers => true;

    public override PreparedCall Prepare(string method, TimeSpan offset, ulong? number, TokenFraming framing, ChannelBinding? binding) => Origin.Prepare(method, offset, number, binding, framing);

    public void MarkNamed() => _isNamed = true;

    public override PreparedCall PrepareKnown(string method, TimeSpan offset, BoundSession? bound, ulong? number, ChannelBinding? binding) =>
        Origin.PrepareKnown(method, offset, bound, number, binding);

    public override Establishing Establishing(KerberosClient client, ServicePeer peer, CallStart start, ulong? number, ChannelBinding? binding) =>
        new TicketEstablishing(client, peer, this, start, number, binding);
}
