using GrpcKerberos.Protocol.ApExchange.Accept.Rules;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>The acceptor's side of the AP exchange (RFC 4120 section 3.2.3): one line a step, in the only order that compiles.</summary>
internal sealed class ApAcceptor(AcceptorPolicy policy, IReplayCache replayCache, AcceptorClock clock, ProcessSecret secret)
{
    public AcceptorPolicy Policy { get; } = policy;

    public KerberosTime Now() => clock.Now();

    /// <summary>Judges a token and the call it came with. Only the last step remembers anything.</summary>
    public async ValueTask<Step<AcceptedExchange>> AcceptAsync(IncomingCall call, Keytab keytab, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        if (!ReceivedApReq.Parse(call, Policy).Passed(out var received, out var refusal)) return refusal;
        if (!OpenedTicket.Open(received, keytab, Policy, now).Passed(out var ticket, out refusal)) return refusal;
        if (!OpenedAuthenticator.Open(ticket, Policy).Passed(out var opened, out refusal)) return refusal;
        if (!CheckedApReq.Check(new RuleContext(opened, Policy, keytab, now, clock.Start)).Passed(out var request, out refusal)) return refusal;
        if (!ProvenApReq.Prove(request, Policy, now).Passed(out var proven, out refusal)) return refusal;
        var claim = await FreshApReq.ClaimAsync(proven, replayCache, Policy, clock, cancellationToken).ConfigureAwait(false);
        if (!claim.Passed(out var fresh, out refusal)) return refusal;
        return AcceptedExchange.Establish(fresh, secret);
    }
}
