using System.Text.Encodings.Web;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Calls;
using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.AspNetCore.SessionCalls;
using GrpcKerberos.AspNetCore.Settings;
using GrpcKerberos.Protocol;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GrpcKerberos.AspNetCore;

/// <summary>The door [Authorize] stands at: judges the proof of a gRPC call once, and answers challenges the way gRPC reads them.</summary>
internal sealed class KerberosAuthenticationHandler(
    SchemeOptions options, ILoggerFactory logger, UrlEncoder encoder, SchemeAcceptors acceptors)
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
        var header = CallHeader.Read(Request.Headers.Authorization, scheme.Live.MaxTokenBytes, scheme.Live.AcceptNegotiate);
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
            Response.Headers.Append(KerberosMetadata.WwwAuthenticate, CallRefusal.NotGrpc().Challenge);
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

        var scheme = await acceptors.GetAsync(Scheme.Name).ConfigureAwait(false);
        var missing = CallRefusal.Missing(CallHeader.OtherScheme(Request.Headers.Authorization), scheme.Live.AcceptNegotiate);
        Refuse(scheme, missing);
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
        if (Context.Features.Get<CallVerdict>() is { } verdict) verdict.Forbidden = refusal;
        Refuse(await acceptors.GetAsync(Scheme.Name).ConfigureAwait(false), refusal);
    }

    /// <summary>Of what authorization decides: span and log hear of a proof's refusal where it is judged.</summary>
    private void Refuse(SchemeAcceptor scheme, CallRefusal refusal)
    {
        RequestSpan.Refused(Context, refusal);
        scheme.Log.Refused(refusal, GrpcRequest.Method(Context));
        RefusedResponse.Write(Response, refusal);
    }

    private static AuthenticateResult Fail(CallRefusal refusal) => AuthenticateResult.Fail(new KerberosException(refusal.Error, refusal.Text));

    private async Task<Introduction> IntroduceAsync(KerberosCaller caller)
    {
        var established = new KerberosSessionEstablishedContext(Context, Scheme, Options, caller);
        var (step, refusal) = (nameof(KerberosEvents.OnSessionEstablished), default(CallRefusal));
        try
        {
            await WhileCalledAsync(Events.SessionEstablished(established)).ConfigureAwait(false);
            if (established.RefusedBecause is { } reason) refusal = CallRefusal.NotAllowed(caller, GrpcRequest.Method(Context), step, reason);
        }
        // It is the application's, and may throw anything: the caller is let in by nobody's silence.
        catch (Exception e)
        {
            refusal = CallRefusal.Undecided(caller, step, Context.RequestAborted.IsCancellationRequested ? "had not come to an end when the call was cancelled" : LogText.Thrown(e));
        }

        var scheme = await acceptors.GetAsync(Scheme.Name).ConfigureAwait(false);
        // An event that was not waited for may be adding to them still.
        return new Introduction(SessionClaims.Of(refusal is null ? established.Claims : [], scheme.Live.Roles), refusal);
    }

    /// <summary>An event that never ends must not outlive its call; one that fails after that has nobody left to tell.</summary>
    private Task WhileCalledAsync(Task asked)
    {
        const TaskContinuationOptions OnFailure = TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously;
        if (!asked.IsCompleted) _ = asked.ContinueWith(static t => _ = t.Exception, CancellationToken.None, OnFailure, TaskScheduler.Default);
        return asked.WaitAsync(Context.RequestAborted);
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
        var claims = ((SessionClaims)session.State!).By(scheme.Live.Roles, caller, Options.ClaimsIssuer ?? caller.Principal.Realm);
        return AuthenticateResult.Success(new AuthenticationTicket(KerberosPrincipals.Make(caller, claims, Options.ClaimsIssuer), Scheme.Name));
    }

    private async ValueTask TellAsync(SchemeAcceptor scheme, CallRefusal refusal)
    {
        scheme.Log.Refused(refusal, GrpcRequest.Method(Context));
        if (refusal.Kind == RefusalKind.Ordinary) return;
        var context = new KerberosAuthenticationFailedContext(Context, Scheme, Options, refusal.Error, LogText.Of(refusal.Detail));
        try
        {
            await WhileCalledAsync(Events.AuthenticationFailed(context)).ConfigureAwait(false);
        }
        // The call is refused already, and whoever hears of it changes nothing.
        catch (Exception e)
        {
            scheme.Log.EventFailed(nameof(KerberosEvents.OnAuthenticationFailed), LogText.Thrown(e), GrpcRequest.Method(Context));
        }
    }
}
