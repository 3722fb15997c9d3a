using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>One attempt as it came to the server, and what the acceptor says of it.</summary>
internal sealed record Received(HttpContext Context, AuthorizationValue? Value, IncomingCall? Call, AcceptedExchange? Accepted, ApRefusal? Refusal, KerberosTime Now)
{
    /// <summary>What a good server answers; null where it refuses.</summary>
    public AnswerValue? Answer => Accepted is { } a ? new AnswerValue(CallAcceptor.Answer(Call!, a, session: null).Mic, a.ApRep) : null;

    public CallProof Proof => Value!.Value.Proof!.Value;

    public ReadOnlyMemory<byte> Token => Value!.Value.Token;

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
    public void Refuse() => Refuse(Refusal!);

    /// <summary>A refusal of a good attempt, proved by who opened it.</summary>
    public void RefuseProved(ApRejection cause, Keytab keytab)
    {
        var policy = new AcceptorPolicy();
        Assert.True(ReceivedApReq.Parse(Call!, policy).Passed(out var received, out _));
        Assert.True(OpenedTicket.Open(received, keytab, policy, Now).Passed(out var ticket, out _));
        Assert.True(OpenedAuthenticator.Open(ticket, policy).Passed(out var opened, out _));
        Refuse(ApRefusal.Of(cause, "scripted", opened.Content));
    }

    private void Refuse(ApRefusal why)
    {
        var refusal = ProvedRefusal.Make(why, Call!, Protocol.KerberosPrincipal.Parse("HTTP/localhost@TEST.LOCAL"), Now);
        EndWith(16, new RefusalValue(refusal.Name) { KrbError = refusal.KrbError, Mic = refusal.Mic }.Format());
    }
}
