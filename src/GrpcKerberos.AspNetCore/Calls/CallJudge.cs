using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>From the header to the verdict.</summary>
internal static class CallJudge
{
    /// <summary>Null where the call carries no proof of ours.</summary>
    public static async ValueTask<CallVerdict?> JudgeAsync(HttpContext context, SchemeAcceptor scheme)
    {
        var header = CallHeader.Read(context.Request.Headers.Authorization, scheme.MaxTokenBytes);
        if (header.Problem is { } problem)
            return CallVerdict.Refuse(scheme.Name, CallRefusal.Of(header.IsTooLarge ? KerberosError.TokenTooLarge : KerberosError.TokenMalformed, "Header", $"authorization: {problem}"));
        if (header.Value is not { } value) return null;
        if (!value.HasToken) return CallVerdict.Refuse(scheme.Name, CallRefusal.Of(KerberosError.SessionUnknown, "Session", "the call names a session, and this server keeps none"));

        var call = new IncomingCall(value.Token, value.Proof, GrpcRequest.Method(context)) { RemoteAddress = context.Connection.RemoteIpAddress };
        var (step, state) = await scheme.AcceptAsync(call, context.RequestAborted).ConfigureAwait(false);
        if (!step.Passed(out var exchange, out var refusal))
            return CallVerdict.Refuse(scheme.Name, CallRefusal.Of(refusal, ProvedRefusal.Make(refusal, call, state.Service, state.Acceptor.Now())));
        if (!exchange.MayRun) return CallVerdict.Refuse(scheme.Name, CallRefusal.Prove(exchange));
        scheme.Log.Accepted(exchange, call.Method, state.Acceptor.Now() - exchange.ClientTime);
        return CallVerdict.Accept(scheme.Name, exchange);
    }
}
