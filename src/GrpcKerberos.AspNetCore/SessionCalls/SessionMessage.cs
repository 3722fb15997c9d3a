using GrpcKerberos.AspNetCore.Calls;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore.SessionCalls;

/// <summary>What the message of a call came to; a feature of its HttpContext, since a body is read once and every scheme may have to judge it.</summary>
internal sealed class SessionMessage
{
    private SessionMessage(ReadOnlyMemory<byte> token, CallRefusal? refusal)
    {
        Token = token;
        Refusal = refusal;
    }

    /// <summary>Establish alone has one.</summary>
    public ReadOnlyMemory<byte> Token { get; }

    public CallRefusal? Refusal { get; }

    public static async ValueTask<SessionMessage> ReadAsync(HttpContext context, SessionMethod method)
    {
        if (context.Features.Get<SessionMessage>() is { } earlier) return earlier;
        var message = await ReadOnceAsync(context, method).ConfigureAwait(false);
        context.Features.Set(message);
        return message;
    }

    private static async ValueTask<SessionMessage> ReadOnceAsync(HttpContext context, SessionMethod method)
    {
        if (method == SessionMethod.Establish)
        {
            var (request, problem) = await GrpcFrame.ReadAsync(context, EstablishRequest.Parser).ConfigureAwait(false);
            return new SessionMessage(request?.Token.Memory ?? default, problem);
        }

        var (_, refusal) = await GrpcFrame.ReadAsync(context, CloseRequest.Parser).ConfigureAwait(false);
        return new SessionMessage(default, refusal);
    }
}
