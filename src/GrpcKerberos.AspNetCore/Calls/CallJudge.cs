using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.Diagnostics;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>From a call's proof to the verdict: by its session where that is enough, else by its token.</summary>
/// <param name="scheme">Whose keys and sessions judge it.</param>
/// <param name="introduce">Tells the application of a caller that begins a session.</param>
internal sealed class CallJudge(SchemeAcceptor scheme, Func<KerberosCaller, Task<Introduction>> introduce)
{
    /// <summary>What needs no token to be opened; null where one does.</summary>
    public static CallVerdict? JudgeBySession(SchemeAcceptor scheme, HttpContext context, in AuthorizationValue value)
    {
        if (value.Proof is not { } proof) return null;
        var began = scheme.Metrics.Begin();
        var method = GrpcRequest.Method(context);
        var judgement = scheme.Current.Calls.JudgeBySession(proof, method, value.Token.Span, Connections.Of(context, scheme));
        if (!judgement.NeedsToken) Tell(scheme, context, began, KerberosMeter.BySession, ServerMetrics.ErrorOf(judgement.Refused));
        if (judgement.Refused is { } refused) return CallVerdict.Refuse(scheme.Name, CallRefusal.Of(refused));
        if (judgement.Accepted is not { } accepted) return null;
        scheme.Log.CallAuthenticated(accepted, method);
        return CallVerdict.Accept(scheme.Name, accepted);
    }

    /// <param name="context">The call.</param>
    /// <param name="value">Its proof and its KRB_AP_REQ.</param>
    /// <param name="wrapped">How that came, where it did not come bare.</param>
    /// <param name="isEstablish">Whether it came in Establish's message: its answer goes in one too.</param>
    public async ValueTask<CallVerdict> JudgeByTokenAsync(HttpContext context, AuthorizationValue value, InitialToken? wrapped, bool isEstablish = false)
    {
        var began = scheme.Metrics.Begin();
        var carrier = isEstablish ? KerberosMeter.ByEstablish : wrapped is null ? KerberosMeter.ByHeader : KerberosMeter.ByNegotiate;
        var call = new IncomingCall(value.Token, value.Proof, GrpcRequest.Method(context))
        {
            RemoteAddress = context.Connection.RemoteIpAddress,
            Connection = Connections.Of(context, scheme),
            IsEstablish = isEstablish,
            Framing = wrapped?.Framing ?? TokenFraming.ApReq,
        };
        var (exchange, refused, state) = await scheme.JudgeByTokenAsync(call, context.RequestAborted).ConfigureAwait(false);
        if (exchange is null)
        {
            scheme.Metrics.TicketRefused(refused!, state.Calls.Now());
            Tell(scheme, context, began, carrier, ServerMetrics.ErrorOf(refused));
            return Refuse(call, refused!, wrapped?.Refuse(refused!.Answer.KrbError));
        }

        scheme.Metrics.TicketTaken(exchange, state.Calls.Now());
        // Who asked for no KRB_AP_REP cannot take one in.
        var answer = wrapped?.Answer(exchange.IsMutual ? exchange.ApRep : null);
        var claims = state.Calls.StateOf(exchange);
        if (claims is null)
        {
            var introduction = await introduce(new KerberosCaller(exchange)).ConfigureAwait(false);
            if (introduction.Refusal is { } objection)
            {
                Tell(scheme, context, began, carrier, objection.Error.ToWireName());
                // The exchange is good, so the server owes its own proof of what the application decided.
                return CallVerdict.Decline(scheme.Name, CallAcceptor.Answer(call, exchange, session: null), objection, answer);
            }

            claims = introduction.Claims;
        }

        // The application, and a replay cache of its own, may take their time. Nothing was run: the call that comes again is judged as things stand now.
        var judgement = scheme.IsWithdrawn(exchange, state) ? CallAcceptor.Overtaken(exchange) : Admit(call, exchange, claims, state);
        Tell(scheme, context, began, carrier, ServerMetrics.ErrorOf(judgement.Refused));
        if (judgement.Accepted is { } accepted) return CallVerdict.Accept(scheme.Name, accepted, answer);
        var refusal = judgement.Refused!;
        return Refuse(call, refusal, refusal.Cause == ApRejection.ProofWanted ? answer : wrapped?.Refuse(refusal.Answer.KrbError));
    }

    private static void Tell(SchemeAcceptor scheme, HttpContext context, long began, string carrier, string? error)
    {
        scheme.Metrics.Judged(began, carrier, error);
        RequestSpan.Judged(context, carrier, error);
    }

    private CallVerdict Refuse(IncomingCall call, RefusedCall refused, byte[]? wrapped) =>
        CallVerdict.Refuse(scheme.Name, CallRefusal.Of(refused) with { Negotiate = call.IsEstablish || wrapped is null ? null : NegotiateValue.Format(wrapped) });

    private CallJudgement Admit(IncomingCall call, AcceptedExchange exchange, object claims, AcceptorState state)
    {
        var judgement = state.Calls.Admit(call, exchange, claims);
        if (scheme.Sessions.TryFind(exchange.Session, out var session)) scheme.EndIfWithdrawn(session, state);
        if (judgement.Accepted is not null || judgement.Refused is { Cause: ApRejection.ProofWanted }) scheme.Log.SessionEstablished(exchange, call, state.Calls.Now());
        if (judgement.Accepted is { } accepted) scheme.Log.CallAuthenticated(accepted, call.Method);
        return judgement;
    }
}
