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
            if (context.Features.Get<CallVerdict>()?.Proved is { } call) Write(context.Response, call.Mic, call.ApRep);
            return Task.CompletedTask;
        },
        context);

    /// <summary>The MIC covers the KRB_AP_REP wherever it stands: in the header, or in the answer's message.</summary>
    public static void Write(HttpResponse response, in Mic mic, ReadOnlyMemory<byte> apRep)
    {
        var value = new AnswerValue(mic, apRep).Format();
        response.Headers.Remove(KerberosMetadata.WwwAuthenticate);
        response.Headers[KerberosMetadata.AuthenticationInfo] = value.Length > 0 ? value : StringValues.Empty;
    }
}
