using System.Security.Claims;
using System.Text.Encodings.Web;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Calls;
using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.AspNetCore.SessionCalls;
using GrpcKerberos.Protocol;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore;

/// <summary>The door [Authorize] stands at: judges the proof of a gRPC call once, and answers challenges the way gRPC reads them.</summary>
internal sealed class KerberosAuthenticationHandler(
    IOptionsMonitor<KerberosAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder, SchemeAcceptors acceptors)
    : AuthenticationHandler<KerberosAuthenticationOptions>(options, logger, encoder), IAuthenticationRequestHandler
{
    private new KerberosEvents Events => (KerberosEvents)base.Events!;

    /// <summary>Answers SessionService, before any endpoint or policy. What another scheme may still know is left to it; the last one's refusal is written.</summary>
    public async Task<bool> HandleRequestAsync()
    {
        var method = SessionMethods.Of(Request);
        if (method == SessionMethod.None) return false;
        var scheme = await acceptors.GetAsync(Scheme.Name).ConfigureAwait(false);
        var verdict = await new SessionJudge(scheme, new CallJudge(scheme, IntroduceAsync)).JudgeAsync(Context, method).ConfigureAwait(false);
        Context.Features.Set(verdict);
        if (verdict.Refusal is { } refusal) await TellAsync(scheme, refusal).ConfigureAwait(false);
        if (!verdict.IsFinal && !acceptors.IsLast(Scheme.Name)) return false;
        await SessionAnswer.WriteAsync(Context, verdict, method).ConfigureAwait(false);
        return true;
    }

    protected override Task<object> CreateEventsAsync() => Task.FromResult<object>(new KerberosEvents());

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // A proof covers the path and not the verb, the query or a body: plain HTTP requests are none of ours.
        if (!GrpcRequest.Is(Request)) return AuthenticateResult.NoResult();
        if (Context.Features.Get<CallVerdict>() is { IsFinal: true } earlier) return earlier.Refusal is { } same ? Fail(same) : AuthenticateResult.NoResult();
        var scheme = await acceptors.GetAsync(Scheme.Name).ConfigureAwait(false);
        var header = CallHeader.Read(Request.Headers.Authorization, scheme.Options.MaxTokenBytes, scheme.Options.AcceptNegotiate);
        if (header.Refusal is { } malformed)
        {
            RequestSpan.Refused(Context, malformed);
            return await ConcludeAsync(scheme, CallVerdict.Refuse(scheme.Name, malformed)).ConfigureAwait(false);
        }

        if (header.Value is not { } value) return AuthenticateResult.NoResult();
        var verdict = CallJudge.JudgeBySession(scheme, Context, value)
            ?? await new CallJudge(scheme, IntroduceAsync).JudgeByTokenAsync(Context, value, header.Wrapped).ConfigureAwait(false);
        return await ConcludeAsync(scheme, verdict).ConfigureAwait(false);
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (!GrpcRequest.Is(Request))
        {
            await base.HandleChallengeAsync(properties).ConfigureAwait(false);
            return;
        }

        await HandleAuthenticateOnceSafeAsync().ConfigureAwait(false);
        var verdict = Context.Features.Get<CallVerdict>();
        if (verdict?.Refusal is { } refusal)
        {
            RefusedResponse.Write(Response, refusal);
            return;
        }

        if (verdict is not null)
        {
            // The endpoint wants this scheme, and another one has taken the proof: the caller is known and may not.
            await HandleForbiddenAsync(properties).ConfigureAwait(false);
            return;
        }

        var missing = CallRefusal.Missing(CallHeader.OtherScheme(Request.Headers.Authorization), Options.AcceptNegotiate);
        await LogAsync(missing).ConfigureAwait(false);
        RefusedResponse.Write(Response, missing);
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        if (!GrpcRequest.Is(Request))
        {
            await base.HandleForbiddenAsync(properties).ConfigureAwait(false);
            return;
        }

        var caller = Context.GetKerberosCaller();
        var refusal = CallRefusal.NotAllowed(
            caller,
            GrpcRequest.Method(Context),
            "Authorization",
            $"a policy is not met{(caller is { User.IsNone: true } ? ", and the ticket names no SIDs, since it has no PAC with logon information" : "")}. "
            + "Next: let Microsoft.AspNetCore.Authorization log at Information, which names the requirement.");
        await LogAsync(refusal).ConfigureAwait(false);
        RefusedResponse.Write(Response, refusal);
    }

    private static AuthenticateResult Fail(CallRefusal refusal) => AuthenticateResult.Fail(new KerberosException(refusal.Error, refusal.Text));

    private async Task<Introduction> IntroduceAsync(KerberosCaller caller)
    {
        var established = new KerberosSessionEstablishedContext(Context, Scheme, Options, caller);
        await Events.SessionEstablished(established).ConfigureAwait(false);
        var scheme = await acceptors.GetAsync(Scheme.Name).ConfigureAwait(false);
        scheme.Roles.AddTo(established.Claims, caller, Options.ClaimsIssuer ?? caller.Principal.Realm);
        return new Introduction([.. established.Claims], established.RefusedBecause);
    }

    private async ValueTask<AuthenticateResult> ConcludeAsync(SchemeAcceptor scheme, CallVerdict verdict)
    {
        Context.Features.Set(verdict);
        if (verdict.Proved is not null) CallAnswer.Promise(Context);
        if (verdict.Refusal is { } refusal)
        {
            await TellAsync(scheme, refusal).ConfigureAwait(false);
            return Fail(refusal);
        }

        var session = verdict.Proved!.Session!;
        var caller = new KerberosCaller(session);
        Context.Features.Set(caller);
        return AuthenticateResult.Success(new AuthenticationTicket(KerberosPrincipals.Make(caller, (Claim[])session.State!, Options.ClaimsIssuer), Scheme.Name));
    }

    private async ValueTask TellAsync(SchemeAcceptor scheme, CallRefusal refusal)
    {
        scheme.Log.Refused(refusal, GrpcRequest.Method(Context));
        if (!refusal.IsOrdinary) await Events.AuthenticationFailed(new KerberosAuthenticationFailedContext(Context, Scheme, Options, refusal.Error, LogText.Of(refusal.Detail))).ConfigureAwait(false);
    }

    private async ValueTask LogAsync(CallRefusal refusal)
    {
        RequestSpan.Refused(Context, refusal);
        (await acceptors.GetAsync(Scheme.Name).ConfigureAwait(false)).Log.Refused(refusal, GrpcRequest.Method(Context));
    }
}
