using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>From a call's proof to the verdict.</summary>
/// <param name="context">The call.</param>
/// <param name="scheme">Whose keys and sessions judge it.</param>
/// <param name="introduce">Tells the application of a caller that begins a session; what it gives back is kept with the session, or is its refusal.</param>
internal readonly struct CallJudge(HttpContext context, SchemeAcceptor scheme, Func<KerberosCaller, Task<Introduction>> introduce)
{
    public ValueTask<CallVerdict> JudgeAsync(AuthorizationValue value, bool isEstablish = false)
    {
        var connection = Connections.Of(context, scheme.Options.SessionPortability);
        var method = GrpcRequest.Method(context);
        if (value.Proof is { } proof && scheme.Calls.JudgeBySession(proof, method, value.Token.Span, connection) is { NeedsToken: false } judgement)
            return new(Conclude(judgement, method, new IncomingCallOutline(value)));
        var call = new IncomingCall(value.Token, value.Proof, method)
        {
            RemoteAddress = context.Connection.RemoteIpAddress,
            Connection = connection,
            IsEstablish = isEstablish,
        };
        return JudgeByTokenAsync(call);
    }
}
