using System.Text.Encodings.Web;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Calls;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore;

/// <summary>The door [Authorize] stands at: judges the proof of a gRPC call once, and answers challenges the way gRPC reads them.</summary>
internal sealed class KerberosAuthenticationHandler(
    IOptionsMonitor<KerberosAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder, SchemeAcceptors acceptors)
    : AuthenticationHandler<KerberosAuthenticationOptions>(options, logger, encoder)
{
    private new KerberosEvents Events => (KerberosEvents)base.Events!;

    protected override Task<object> CreateEventsAsync() => Task.FromResult<object>(new KerberosEvents());

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // A proof covers the path and not the verb, the query or a body: plain HTTP requests are none of ours.
        if (!GrpcRequest.Is(Request)) return AuthenticateResult.NoResult();
        if (Context.Features.Get<CallVerdict>() is { IsFinal: true } earlier) return earlier.Refusal is { } same ? Fail(same) : AuthenticateResult.NoResult();
        var scheme = await acceptors.GetAsync(Scheme.Name).ConfigureAwait(false);
        var verdict = await CallJudge.JudgeAsync(Context, scheme).ConfigureAwait(false);
        if (verdict is null) return AuthenticateResult.NoResult();
        return verdict.Exchange is { } exchange
            ? await AcceptAsync(scheme, verdict, exchange).ConfigureAwait(false)
            : await RefuseAsync(scheme, verdict, verdict.Refusal!).ConfigureAwait(false);
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

        var missing = CallRefusal.Missing(CallHeader.OtherScheme(Request.Headers.Authorization));
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

        var refusal = CallRefusal.NotAllowed(
            Context.GetKerberosCaller(), GrpcRequest.Method(Context), "Authorization", "a policy is not met; Microsoft.AspNetCore.Authorization logs which requirement");
        await LogAsync(refusal).ConfigureAwait(false);
        RefusedResponse.Write(Response, refusal);
    }

    private static AuthenticateResult Fail(CallRefusal refusal) => AuthenticateResult.Fail(new KerberosException(refusal.Error, refusal.Text));

    private async Task<AuthenticateResult> AcceptAsync(SchemeAcceptor scheme, CallVerdict verdict, AcceptedExchange exchange)
    {
        // The exchange is good whatever follows, so the server owes its own proof from here on.
        CallAnswer.Promise(Context, exchange);
        var caller = new KerberosCaller(exchange);
        var established = new KerberosSessionEstablishedContext(Context, Scheme, Options, caller);
        await Events.SessionEstablished(established).ConfigureAwait(false);
        if (established.RefusedBecause is { } reason)
        {
            var refusal = CallRefusal.NotAllowed(caller, GrpcRequest.Method(Context), nameof(KerberosEvents.OnSessionEstablished), reason);
            return await RefuseAsync(scheme, CallVerdict.Refuse(Scheme.Name, refusal), refusal).ConfigureAwait(false);
        }

        Context.Features.Set(verdict);
        Context.Features.Set(caller);
        var principal = KerberosPrincipals.Make(caller, scheme.Roles, established.Claims, Options.ClaimsIssuer);
        return AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name));
    }

    private async Task<AuthenticateResult> RefuseAsync(SchemeAcceptor scheme, CallVerdict verdict, CallRefusal refusal)
    {
        Context.Features.Set(verdict);
        scheme.Log.Refused(refusal, GrpcRequest.Method(Context));
        if (!refusal.IsOrdinary) await Events.AuthenticationFailed(new KerberosAuthenticationFailedContext(Context, Scheme, Options, refusal.Error, refusal.Detail)).ConfigureAwait(false);
        return Fail(refusal);
    }

    private async ValueTask LogAsync(CallRefusal refusal) =>
        (await acceptors.GetAsync(Scheme.Name).ConfigureAwait(false)).Log.Refused(refusal, GrpcRequest.Method(Context));
}
