using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using GrpcKerberos.AspNetCore.Calls;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore.SessionCalls;

/// <summary>The answer of SessionService: a refusal as calls have it, or a message, with the MIC beside it in the header.</summary>
internal static class SessionAnswer
{
    public static async Task WriteAsync(HttpContext context, CallVerdict verdict, SessionMethod method)
    {
        var response = context.Response;
        if (verdict.Refusal is { } refusal)
        {
            // There is no message for the KRB_AP_REP of a caller whom the application declines.
            if (verdict.Proved is { } declined) CallAnswer.Write(response, declined.Mic, declined.ApRep);
            RefusedResponse.Write(response, refusal);
            return;
        }

        var call = verdict.Proved!;
        response.ContentType = "application/grpc";
        CallAnswer.Write(response, call.Mic, apRep: null);
        response.AppendTrailer("grpc-status", "0");
        await GrpcFrame.WriteAsync(response.BodyWriter, method == SessionMethod.Establish ? Established(call, verdict.Wrapped) : new CloseResponse(), context.RequestAborted).ConfigureAwait(false);
    }

    private static EstablishResponse Established(AcceptedCall call, byte[]? wrapped)
    {
        var session = call.Session!;
        return new EstablishResponse
        {
            Token = UnsafeByteOperations.UnsafeWrap(wrapped ?? call.ApRep),
            Session = UnsafeByteOperations.UnsafeWrap(session.Id.ToArray()),
            Ends = Timestamp.FromDateTimeOffset(session.Ends.ToDateTimeOffset()),
        };
    }
}
