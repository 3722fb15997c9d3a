using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Client;

/// <summary>One K for a ticket of ours.</summary>
/// <param name="origin">K.</param>
/// <param name="scheduler">Where establishing runs.</param>
/// <param name="time">The client's.</param>
internal sealed class TicketSession(InitiatorSession origin, TaskScheduler scheduler, TimeProvider time) : PeerSession(scheduler, time)
{
    public InitiatorSession Origin { get; } = origin;

    public override ServiceTicket Ticket => Origin.Ticket;

    public override bool CanRepeatNumbers => true;

    public override PreparedCall Prepare(string method, TimeSpan offset, ulong? number, TokenFraming framing) => Origin.Prepare(method, offset, number, framing);

    public override PreparedCall PrepareKnown(string method, TimeSpan offset, BoundSession? bound, ulong? number) => Origin.PrepareKnown(method, offset, bound, number);

    public override Establishing Establishing(KerberosClient client, ServicePeer peer, CallStart start, ulong? number) => new TicketEstablishing(client, peer, this, start, number);
}
