using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Client;

/// <summary>The operating system's login. It gives a token for each session and a MIC for each call, and keeps ticket and keys to itself.</summary>
/// <param name="clock">Tells the time of every call.</param>
/// <param name="scheduler">Where establishing runs.</param>
/// <param name="time">The client's.</param>
internal sealed class SystemSession(AuthenticatorClock clock, TaskScheduler scheduler, TimeProvider time) : PeerSession(scheduler, time)
{
    public override ServiceTicket? Ticket => null;

    /// <summary>A security context counts its MICs by itself, and another one is another session.</summary>
    public override bool CanRepeatNumbers => false;

    public override PreparedCall? Prepare(string method, TimeSpan offset, ulong? number, TokenFraming framing, ChannelBinding? binding) => null;

    public override PreparedCall PrepareKnown(string method, TimeSpan offset, BoundSession? bound, ulong? number, ChannelBinding? binding)
    {
        if (bound is null || number is not null) throw new InvalidOperationException("A session of the operating system's proves new calls, once it is established.");
        var sent = clock.Next(offset);
        try
        {
            var proof = new CallProof(bound.Id, sent, bound.Prover.SignCall(0, new CallInput(bound.Id, sent, method, [], [])));
            return new PreparedCall(bound.Prover, token: null, proof, proof.Number ?? throw new KerberosException(KerberosError.EncryptionTypeRefused, ClientMessages.SystemMicForeign));
        }
        catch (KerberosException)
        {
            // The next call gets another context.
            Drop(bound);
            throw;
        }
    }

    public override Establishing Establishing(KerberosClient client, ServicePeer peer, CallStart start, ulong? number, ChannelBinding? binding) => new SystemEstablishing(client, peer, this, start);
}
