using Grpc.Core;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Client;

/// <summary>Makes the proof of one attempt: by the session alone where the server is held to know it, else with a token, or after establishing it first.</summary>
/// <param name="call">The call.</param>
/// <param name="peer">Whom it goes to.</param>
/// <param name="session">By what it is proved.</param>
/// <param name="resend">What it repeats; null where nothing.</param>
/// <param name="binding">The TLS channel it goes on; null: any.</param>
internal readonly struct AttemptProver(AttemptCredentials call, ServicePeer peer, PeerSession session, Resend? resend, ChannelBinding? binding)
{
    private ClientSettings Settings => call.Client.Settings;

    public static async ValueTask<Attempt> ProveAsync(AttemptCredentials call, AuthInterceptorContext context, Resend? resend, bool isFirst)
    {
        // After a new ticket all else is new.
        if (resend is { Refused: null }) (resend, isFirst) = (null, true);
        var peer = resend?.Refused!.Peer ?? call.Client.Resolve(context.ServiceUrl, call.Start.Service);
        var binding = await ChannelLook.BindingAsync(call, peer, context).ConfigureAwait(false);
        var session = resend?.Refused!.Session ?? await SessionAsync(call, peer, context, binding).ConfigureAwait(false);
        var prover = new AttemptProver(call, peer, session, resend, binding);
        if ((resend is null ? prover.BoundAtHand() : resend.Bound) is { } bound) return prover.Known(bound);
        var form = resend?.Form ?? prover.FormOf(isFirst);
        if (form == AttemptForm.Known) return prover.Known(null);
        if (form == AttemptForm.Token && !session.IsTokenLarge && prover.WithToken() is { } attempt) return attempt;
        return await prover.EstablishedAsync(isFirst, context.CancellationToken).ConfigureAwait(false);
    }

    private BoundSession? BoundAtHand() => session.Bound is { } bound && ((call.Start.CanRepeat && session.CanRepeatNumbers) || !peer.HasBoundEnded(session)) ? bound : null;

    /// <summary>What proves an attempt that repeats none, where no server-bound session is at hand.</summary>
    private AttemptForm FormOf(bool isFirst)
    {
        if (session.Ticket is null) return AttemptForm.Establish;
        var isKnown = session.IsPortable;
        if (session.IsTokenLarge) return isKnown ? AttemptForm.Known : AttemptForm.Establish;
        if (!isKnown && Settings.EstablishFirst) return AttemptForm.Establish;
        if (!call.Start.CanRepeat) return !isKnown && peer.IsBound ? AttemptForm.Establish : AttemptForm.Token;
        // A hedge that met a replica without the session would end its siblings.
        return isKnown && isFirst ? AttemptForm.Known : AttemptForm.Token;
    }

    private Attempt Known(BoundSession? bound)
    {
        var offset = call.Offset ?? peer.Offset;
        return new Attempt(peer, session, bound, offset, session.PrepareKnown(call.Start.Method, offset, bound, resend?.Number, binding)) { Binding = binding };
    }

    /// <summary>Null where the token is too large for a header: that shows only when it is made.</summary>
    private Attempt? WithToken()
    {
        var offset = call.Offset ?? peer.Offset;
        if (session.Prepare(call.Start.Method, offset, resend?.Number, peer.Framing, binding) is not { } prepared) return null;
        var size = prepared.Encoded.Length;
        if (size <= Settings.MaxHeaderTokenBytes) return new Attempt(peer, session, null, offset, prepared) { Binding = binding };
        session.MarkTokenLarge(size);
        return null;
    }

    private async ValueTask<Attempt> EstablishedAsync(bool isFirst, CancellationToken cancellationToken)
    {
        var establishing = session.Establishing(call.Client, peer, call.Start, resend?.Number, binding);
        // What is brought for one call alone is no other's to wait for.
        var established = await (resend?.Number is null
            ? session.Establishment.JoinAsync(establishing.RunAsync, cancellationToken)
            : session.Establishment.AloneAsync(establishing.RunAsync, cancellationToken)).ConfigureAwait(false);
        if (established.Bound is { } bound) return Known(bound);
        // Anybody can say that it is not offered: to send the call then would be to send it to anybody.
        if (!established.IsOffered && (session.Ticket is null || Settings is { EstablishFirst: true, RequireMutualAuthentication: true }))
            throw new KerberosException(KerberosError.ServerNotProven, ClientMessages.EstablishFirstNotOffered(peer.Service, Settings.UseDefaultCredentials));
        if (!established.IsOffered)
        {
            peer.MarkForeign();
            // That call named K's id; where tokens go alone, a PROVE without KRB_AP_REP has to be told from one that anybody wrote.
            if (peer.Framing != TokenFraming.ApReq) peer.Drop(session);
        }

        var isKnown = established.IsOffered && call.Start.CanRepeat && isFirst;
        if (!session.IsTokenLarge && !isKnown && WithToken() is { } attempt) return attempt;
        return established.IsOffered
            ? Known(null)
            : throw new KerberosException(
                KerberosError.TokenTooLarge, ClientMessages.TokenTooLargeForHeader(peer.Service, session.LargeTokenBytes, Settings.MaxHeaderTokenBytes));
    }

    private static async ValueTask<PeerSession> SessionAsync(AttemptCredentials call, ServicePeer peer, AuthInterceptorContext context, ChannelBinding? binding) =>
        call.Client.Settings.UseDefaultCredentials ? peer.ForSystem() : peer.SessionFor(await TicketAsync(call, peer, context).ConfigureAwait(false), binding);

    private static async ValueTask<ServiceTicket> TicketAsync(AttemptCredentials call, ServicePeer peer, AuthInterceptorContext context)
    {
        try
        {
            return await call.Client.Tickets.GetAsync(peer.Service, context.CancellationToken).ConfigureAwait(false);
        }
        catch (KerberosException e) when (e.Error == KerberosError.ServiceUnknown)
        {
            var target = ServiceNames.TargetOf(context.ServiceUrl, call.Start.Service);
            throw new KerberosException(e.Error, ClientMessages.ServiceUnknown(e.Message, call.Client.Settings.ServicePrincipal, target), e);
        }
    }
}
