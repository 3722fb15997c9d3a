using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Calls;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore.SessionCalls;

/// <summary>The verdict on a call of SessionService, by one scheme.</summary>
/// <param name="scheme">Whose keys and sessions judge it.</param>
/// <param name="calls">Judges the token of Establish as it judges those of calls.</param>
internal sealed class SessionJudge(SchemeAcceptor scheme, CallJudge calls)
{
    public async ValueTask<CallVerdict> JudgeAsync(HttpContext context, SessionMethod method)
    {
        var header = CallHeader.Read(context.Request.Headers.Authorization, scheme.Live.MaxTokenBytes, scheme.Live.AcceptNegotiate);
        if ((header.Refusal ?? Misplaced(header.Value, method, context)) is { } malformed) return Refuse(context, malformed);
        var message = await SessionMessage.ReadAsync(context, method).ConfigureAwait(false);
        if (message.Refusal is { } broken) return Refuse(context, broken);
        if (method == SessionMethod.Close) return Close(context, header.Value!.Value);
        // Neither proof nor token: a client that opens its connection to see the certificate. Nobody did wrong.
        if (header.Value is null && message.Token.IsEmpty)
            return Refuse(context, CallRefusal.Missing(CallHeader.OtherScheme(context.Request.Headers.Authorization), scheme.Live.AcceptNegotiate));
        if (!InitialToken.TryRead(message.Token, out var token, out var problem)) return Refuse(context, CallRefusal.Wrapping("Message", problem));
        if (token.Framing != TokenFraming.ApReq && !scheme.Live.AcceptNegotiate)
            return Refuse(context, CallRefusal.Wrapping("Message", "it has a GSS-API frame, and the service takes none. "
                + "Next: send a bare KRB_AP_REQ, or set AcceptNegotiate there."));
        var wrapped = token.Framing == TokenFraming.ApReq ? null : token;
        return await calls.JudgeByTokenAsync(context, new AuthorizationValue(header.Value?.Proof, token.ApReq), wrapped, isEstablish: true).ConfigureAwait(false);
    }

    private CallRefusal? Misplaced(AuthorizationValue? value, SessionMethod method, HttpContext context) => (method, value) switch
    {
        // Two tokens would be two claims, and the MIC covers one.
        (SessionMethod.Establish, { HasToken: true }) => CallRefusal.Of(KerberosError.TokenMalformed, "Header", "authorization: it holds a token, and the token of Establish is its message's"),
        (SessionMethod.Close, null) => CallRefusal.Missing(CallHeader.OtherScheme(context.Request.Headers.Authorization), scheme.Live.AcceptNegotiate),
        _ => null,
    };

    /// <summary>A token is not looked at: a session that is not known needs no end.</summary>
    private CallVerdict Close(HttpContext context, in AuthorizationValue value)
    {
        if (CallJudge.JudgeBySession(scheme, context, value) is not { } verdict)
            return Refuse(context, CallRefusal.Of(KerberosError.SessionUnknown, "Close", "the session to close is not known here") with { Kind = RefusalKind.Ordinary });
        verdict.Proved?.Session!.End();
        return verdict;
    }

    private CallVerdict Refuse(HttpContext context, CallRefusal refusal)
    {
        RequestSpan.Refused(context, refusal);
        return CallVerdict.Refuse(scheme.Name, refusal);
    }
}
