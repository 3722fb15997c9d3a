using Grpc.Core;
using GrpcKerberos.Client;

namespace GrpcKerberos.Tool.Doctor.Client;

/// <summary>Whether the service opens the ticket and proves itself: Establish, by which no call runs.</summary>
internal sealed class ExchangeCheck(ClientCase client) : ICheck
{
    public string Name => "exchange";

    public IReadOnlyList<string> Needs => ["tls"];

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var peer = client.Peer;
        var session = peer.SessionFor(await client.Client.Tickets.GetAsync(peer.Service, cancellationToken).ConfigureAwait(false));
        try
        {
            var established = await EstablishAsync(peer, session).WaitAsync(cancellationToken).ConfigureAwait(false);
            return [established.IsOffered ? Finding.Ok(Name, Proved(peer, established)) : NotOffered(peer)];
        }
        catch (RpcException e)
        {
            return [OwnCall.Explain(Name, client.Target!, e)];
        }
    }

    private Task<Established> EstablishAsync(ServicePeer peer, TicketSession session) =>
        session.Establishing(client.Client, peer, OwnCall.StartOn(client.Channel.CreateCallInvoker()), null, null).RunAsync();

    private static string Proved(ServicePeer peer, Established established)
    {
        var kind = established.Bound is null ? "every replica takes its session" : "its session is this one server's";
        var clock = peer.Offset == TimeSpan.Zero ? "" : Invariant($"; its clock is {peer.Offset.TotalSeconds:+0.0;-0.0} s off ours");
        return $"the server opened the ticket; its AP-REP holds our time: it is genuine; {kind}{clock}";
    }

    private Finding NotOffered(ServicePeer peer) => Finding.Fail(
        Name,
        $"{peer.Service} at {client.Target!.Authority} does not answer {EstablishMessage.Service} (UNIMPLEMENTED).",
        "is AddKerberos() on that server, and does a proxy let that path pass? A server that takes GSS-API tokens instead (TokenFormat) is not examined here.");
}
