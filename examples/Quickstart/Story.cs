using Greeter.V1;
using Grpc.Core;
using GrpcKerberos;
using GrpcKerberos.Protocol;
using GrpcKerberos.Testing;

namespace Quickstart;

/// <summary>The exchange, step by step, and the three ways to cheat at it.</summary>
internal sealed class Story(Stage stage)
{
    private const string Expected = "Hello alice@TEST.LOCAL";

    private readonly HelloRequest _request = new() { Name = "world" };
    private int _told;
    private int _asExpected;

    public bool AllAsExpected => _told == _asExpected;

    public async Task TellAsync()
    {
        var ticket = await stage.Identity.GetTicketAsync("HTTP/localhost");
        Say($"realm    {stage.Realm.Name}, embedded KDC on {stage.Realm.Kdc}; knows alice and HTTP/localhost (kvno {ticket.KeyVersion})");
        Say($"service  {stage.Address}, knows only its keytab, never talks to the KDC");
        Say("client   AS-REQ, AS-REP: alice is logged in. TGS-REQ, TGS-REP: a ticket for HTTP/localhost,");
        Say($"         sealed with {ticket.TicketEncryptionType}, a session key inside; good until {ticket.Ends:HH:mm:ss}Z");
        await TellFirstCallAsync();
        await TellOtherShapesAsync();
        await TellReplayAsync();
        await TellStrippedMicAsync();
        await TellStrippedReplyAsync();
        await TellKdcGoneAsync();
        Say($"{_asExpected} of {_told} as expected");
    }

    private async Task TellFirstCallAsync()
    {
        var reply = await stage.Greeter.SayHelloAsync(_request);
        Say("call 1   SayHello, unary");
        Say($"  1 client   authorization: session, time, MIC and a token of {Wire.TokenOctets(stage.Wire.LastProof)} B. The token is a KRB_AP_REQ: the ticket,");
        Say("             and an authenticator (alice, the time now, a fresh subkey) sealed with the session key; mutual wanted");
        Say("  2 service  opened the ticket with its own key: alice@TEST.LOCAL, and the session key");
        Say("  3 service  opened the authenticator with the session key: in time, names match, never seen before;");
        Say("             the MIC under the subkey ties the token to this call and no other");
        Say("  4 service  mutual authentication is wanted:");
        Say($"  5 service  authentication-info: MIC and a token of {Wire.TokenOctets(stage.Wire.LastAnswer)} B, the KRB_AP_REP: the authenticator's time sealed with the session key");
        Say("  6 client   the time is the one it sent: the service is genuine, and the reply is released");
        Outcome("", reply.Message, Expected);
    }

    private async Task TellOtherShapesAsync()
    {
        using var hellos = stage.Greeter.SayHellos(_request);
        var count = 0;
        while (await hellos.ResponseStream.MoveNext()) count++;
        Outcome("call 2   SayHellos, server streaming", $"{count} replies", "3 replies");

        using var collect = stage.Greeter.CollectHellos();
        await collect.RequestStream.WriteAsync(_request);
        await collect.RequestStream.CompleteAsync();
        Outcome("call 3   CollectHellos, client streaming", (await collect).Message, Expected);

        using var chat = stage.Greeter.Chat();
        await chat.RequestStream.WriteAsync(_request);
        await chat.RequestStream.CompleteAsync();
        await chat.ResponseStream.MoveNext();
        Outcome("call 4   Chat, duplex", chat.ResponseStream.Current.Message, Expected);

        Outcome("call 5   SayHello, blocking", stage.Greeter.SayHello(_request).Message, Expected);
    }

    private Task TellReplayAsync() =>
        RefusedAsync("call 6   call 5's proof sent again", () => stage.Bare.SayHelloAsync(_request, new Metadata { { "authorization", stage.Wire.LastProof } }), KerberosError.Replayed);

    private async Task TellStrippedMicAsync()
    {
        stage.Wire.StripsTheApRep = false;
        await stage.Greeter.SayHelloAsync(_request);
        var proof = stage.Wire.LastProof;
        var tokenAlone = "Kerberos " + proof[proof.IndexOf("token=", StringComparison.Ordinal)..];
        await RefusedAsync("call 7   a token without its MIC", () => stage.Bare.SayHelloAsync(_request, new Metadata { { "authorization", tokenAlone } }), KerberosError.ProofRefused);
    }

    private async Task TellStrippedReplyAsync()
    {
        stage.Wire.StripsTheApRep = true;
        await RefusedAsync("call 8   the KRB_AP_REP taken out of the answer", () => stage.Greeter.SayHelloAsync(_request), KerberosError.ServerNotProven);
        stage.Wire.StripsTheApRep = false;
    }

    private async Task TellKdcGoneAsync()
    {
        stage.Realm.Fault = KdcFault.Unreachable;
        Outcome("call 9   SayHello, the KDC gone, the ticket still good", (await stage.Greeter.SayHelloAsync(_request)).Message, Expected);
    }

    private async Task RefusedAsync(string what, Func<AsyncUnaryCall<HelloReply>> call, KerberosError expected)
    {
        try
        {
            Outcome(what, (await call()).Message, $"refused: {expected}");
        }
        catch (RpcException e)
        {
            Outcome(what, $"refused: {e.GetKerberosError()}", $"refused: {expected}");
        }
    }

    private void Outcome(string what, string outcome, string expected)
    {
        _told++;
        if (outcome == expected) _asExpected++;
        Say(what.Length == 0 ? $"             \"{outcome}\"" : $"{what,-56} {outcome}");
        if (outcome != expected) Say($"         expected was: {expected}");
    }

    private static void Say(string line) => Console.WriteLine(line);
}
