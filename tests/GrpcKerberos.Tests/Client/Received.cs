using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.Tests.Client;

/// <summary>One attempt as it came to the server, and what the acceptor says of it.</summary>
internal sealed record Received(HttpContext Context, AuthorizationValue? Value, IncomingCall? Call, CallJudgement Judged, KerberosTime Now)
{
    private static readonly KerberosPrincipal s_service = KerberosPrincipal.Parse("HTTP/localhost@TEST.LOCAL");

    /// <summary>A stock client's token, in its frame.</summary>
    public InitialToken? Initial { get; init; }

    public AcceptedCall? Accepted => Judged.Accepted;

    public RefusedCall? Refusal => Judged.Refused;

    /// <summary>What a good server answers; null where it refuses.</summary>
    public AnswerValue? Answer => Accepted is { } a ? new AnswerValue(a.Mic, a.ApRep) : null;

    public CallProof Proof => Value!.Value.Proof!.Value;

    public ReadOnlyMemory<byte> Token => Call!.Token;

    public bool HasToken => !Token.IsEmpty;

    public ulong Number => Proof.Number!.Value;

    public string TokenText => Convert.ToHexString(Token.Span);

    public string MicText => Convert.ToHexString(Proof.Mic.ToArray());

    public void Prove(AnswerValue? answer = null) => Context.Response.Headers[KerberosMetadata.AuthenticationInfo] = (answer ?? Answer!.Value).Format();

    /// <summary>Ends the call without a message: status and all in the headers.</summary>
    public void EndWith(int status, string? refusal = null)
    {
        Context.Response.ContentType = "application/grpc";
        Context.Response.Headers["grpc-status"] = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Context.Response.Headers["grpc-message"] = "scripted";
        if (refusal is not null) Context.Response.Headers[KerberosMetadata.WwwAuthenticate] = refusal;
    }

    /// <summary>What a good server refuses with.</summary>
    public void Refuse() => EndWith(16, Format(Refusal!.Answer));

    /// <summary>A refusal of a good attempt, proved by who knows its session.</summary>
    public void RefuseProved(ApRejection cause) =>
        EndWith(16, Format(ProvedRefusal.Make(ApRefusal.Of(cause, "scripted"), Proof, Accepted!.Session!.Keys, s_service, Now)));

    public static string Format(ProvedRefusal refusal) =>
        new RefusalValue(refusal.Name) { KrbError = refusal.KrbError, Mic = refusal.Mic, Session = refusal.Session, Token = refusal.ApRep }.Format();
}
