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
    public static void Promise(HttpContext context, AcceptedExchange exchange)
    {
        var value = new AnswerValue(exchange.Mic, exchange.ApRep).Format();
        context.Response.OnStarting(
            static state =>
            {
                var (response, value) = ((HttpResponse, string))state;
                response.Headers.Remove(KerberosMetadata.WwwAuthenticate);
                response.Headers[KerberosMetadata.AuthenticationInfo] = value.Length > 0 ? value : StringValues.Empty;
                return Task.CompletedTask;
            },
            (context.Response, value));
    }
}
