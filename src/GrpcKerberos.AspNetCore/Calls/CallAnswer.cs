using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>Proves the server in the answer's headers, whatever the call comes to.</summary>
internal static class CallAnswer
{
    /// <summary>
    /// To be called before any handler: callbacks of OnStarting run last to first, so this one has the last word over what handlers,
    /// or the trailers of an inner call's failure, put under our keys.
    /// </summary>
    public static void Promise(HttpContext context) => context.Response.OnStarting(
        static state =>
        {
            var context = (HttpContext)state;
            if (context.Features.Get<CallVerdict>() is { Proved: { } call } verdict) Write(context.Response, call, verdict);
            return Task.CompletedTask;
        },
        context);

    /// <summary>To who came by Negotiate the answer goes as RFC 4559 has it too, and with the session its token began: it has no key to derive that from.</summary>
    private static void Write(HttpResponse response, AcceptedCall call, CallVerdict verdict)
    {
        var wrapped = verdict.Wrapped;
        Write(response, new AnswerValue(call.Mic, call.ApRep) { Session = wrapped is null ? null : call.Session?.Id });
        // Beside a stock answer it would be read as "nothing was proved"; the status alone has to do there.
        var value = wrapped is null ? (verdict.Refusal ?? verdict.Forbidden)?.Challenge : NegotiateValue.Format(wrapped);
        if (value is not null) response.Headers[KerberosMetadata.WwwAuthenticate] = value;
    }

    /// <summary>The MIC covers the KRB_AP_REP wherever it stands: in the header, or in the answer's message.</summary>
    public static void Write(HttpResponse response, in Mic mic, ReadOnlyMemory<byte> apRep) => Write(response, new AnswerValue(mic, apRep));

    private static void Write(HttpResponse response, in AnswerValue answer)
    {
        var value = answer.Format();
        response.Headers.Remove(KerberosMetadata.WwwAuthenticate);
        response.Headers[KerberosMetadata.AuthenticationInfo] = value.Length > 0 ? value : StringValues.Empty;
    }
}
