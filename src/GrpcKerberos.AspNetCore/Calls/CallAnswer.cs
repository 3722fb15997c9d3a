using GrpcKerberos.Protocol.ApExchange.Accept;
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
            if (context.Features.Get<CallVerdict>()?.Proved is { } call) Write(context.Response, call);
            return Task.CompletedTask;
        },
        context);

    private static void Write(HttpResponse response, AcceptedCall call)
    {
        var value = new AnswerValue(call.Mic, call.ApRep).Format();
        response.Headers.Remove(KerberosMetadata.WwwAuthenticate);
        response.Headers[KerberosMetadata.AuthenticationInfo] = value.Length > 0 ? value : StringValues.Empty;
    }
}
