using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.Tests.Client;

/// <summary>One attempt as it came to the server, and what the acceptor says of it.</summary>
internal sealed record Received(HttpContext Context, AuthorizationValue? Value, IncomingCall? Call, AcceptedExchange? Accepted, ApRefusal? Refusal, KerberosTime Now)
{
    /// <summary>What a good server answers; null where it refuses.</summary>
    public AnswerValue? Answer => Accepted is { } a ? new AnswerValue(a.Mic, a.ApRep) : null;

    public ulong Number => Value!.Proof!.Number!.Value;

    public string TokenText => Convert.ToHexString(Value!.Token.Span);

    public string MicText => Convert.ToHexString(Value!.Proof!.Mic.Span);

    public void Prove(AnswerValue? answer = null) => Context.Response.Headers[KerberosMetadata.AuthenticationInfo] = (answer ?? Answer!).Format();

    /// <summary>Ends the call without a message: status and all in the headers.</summary>
    public void EndWith(int status, string? refusal = null)
    {
        Context.Response.ContentType = "application/grpc";
        Context.Response.Headers["grpc-status"] = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Context.Response.Headers["grpc-message"] = "scripted";
        if (refusal is not null) Context.Response.Headers[KerberosMetadata.WwwAuthenticate] = refusal;
    }

    /// <summary>What a good server refuses with.</summary>
    public void Refuse()
    {
        var refusal = ProvedRefusal.Make(Refusal!, Call!, Protocol.KerberosPrincipal.Parse("HTTP/localhost@TEST.LOCAL"), Now);
        EndWith(16, new RefusalValue(refusal.Name) { KrbError = refusal.KrbError, Mic = refusal.Mic }.Format());
    }
}
