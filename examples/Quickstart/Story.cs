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
    private const int Many = 1000;

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
        await TellKnownCallAsync();
        await TellOtherShapesAsync();
        await TellManyCallsAsync();
        await TellReplayAsync();
        await TellStrippedMicAsync();
        await TellImpostorAsync();
        await TellKdcGoneAsync();
        Say($"{_asExpected} of {_told} as expected");
    }

    private async Task TellFirstCallAsync()
    {
        var reply = await stage.Greeter.SayHelloAsync(_request);
        Say("call 1   SayHello, the first to this service");
        Say($"  1 client   authorization: session, time, MIC and a token of {Wire.TokenOctets(stage.Wire.LastProof)} B. The token is a KRB_AP_REQ: the ticket,");
        Say("             and an authenticator (alice, the time now, a fresh subkey) sealed with the session key; mutual wanted");
        Say("  2 service  opened the ticket with its own key: alice@TEST.LOCAL, and the session key");
        Say("  3 service  opened the authenticator with the session key: in time, names match, never seen before;");
        Say("             the MIC under the subkey ties the token to this call and no other. The subkey is the session from here on");
        Say("  4 service  mutual authentication is wanted:");
        Say($"  5 service  authentication-info: MIC and a token of {Wire.TokenOctets(stage.Wire.LastAnswer)} B, the KRB_AP_REP: the authenticator's time sealed with the session key");
        Say("  6 client   the time is the one it sent: the service is genuine, and the reply is released");
        Outcome("", reply.Message, Expected);
    }

    private async Task TellKnownCallAsync()
    {
        var reply = await stage.Greeter.SayHelloAsync(_request);
        var octets = "authorization".Length + stage.Wire.LastProof.Length;
        Say($"call 2   SayHello, the session known: session, time and MIC, no ticket; the whole header has {octets} B");
        Outcome("", octets < 200 ? reply.Message : $"{octets} B", Expected);
    }

    private async Task TellOtherShapesAsync()
    {
        using var hellos = stage.Greeter.SayHellos(_request);
        var count = 0;
        while (await hellos.ResponseStream.MoveNext()) count++;
        Outcome("call 3   SayHellos, server streaming", $"{count} replies", "3 replies");

        using var collect = stage.Greeter.CollectHellos();
        await collect.RequestStream.WriteAsync(_request);
        await collect.RequestStream.CompleteAsync();
        Outcome("call 4   CollectHellos, client streaming", (await collect).Message, Expected);

        using var chat = stage.Greeter.Chat();
        await chat.RequestStream.WriteAsync(_request);
        await chat.RequestStream.CompleteAsync();
        await chat.ResponseStream.MoveNext();
        Outcome("call 5   Chat, duplex", chat.ResponseStream.Current.Message, Expected);

        Outcome("call 6   SayHello, blocking", stage.Greeter.SayHello(_request).Message, Expected);
    }

    /// <summary>Mid-way the service loses all it knew. The client brings the ticket again with the call that meets this, under the same session.</summary>
    private async Task TellManyCallsAsync()
    {
        var before = stage.Wire.Sent;
        var answered = 0;
        for (var i = 0; i < Many; i++)
        {
            if (i == Many / 2) await stage.RestartServiceAsync();
            if ((await stage.Greeter.SayHelloAsync(_request)).Message == Expected) answered++;
        }

        var (sent, ticketed) = (stage.Wire.Sent.All - before.All, stage.Wire.Sent.Ticketed - before.Ticketed);
        Say($"calls 7 to {6 + Many}, the service restarted in the middle, its sessions gone: {sent} sent, {ticketed} of them with a ticket");
        Outcome("         answered", $"{answered} of {Many}", $"{Many} of {Many}");
    }

    private async Task TellReplayAsync()
    {
        var seen = new Metadata { { "authorization", stage.Wire.LastProof } };
        await RefusedAsync("then     the last call's proof sent again", () => stage.Bare.SayHelloAsync(_request, seen).ResponseAsync, KerberosError.Replayed);
        await RefusedAsync("         the same on another method", () => stage.Bare.CollectHellos(seen).ResponseAsync, KerberosError.ProofRefused);
    }

    private Task TellStrippedMicAsync()
    {
        var proof = stage.Wire.LastTicketedProof;
        var tokenAlone = new Metadata { { "authorization", "Kerberos " + proof[proof.IndexOf("token=", StringComparison.Ordinal)..] } };
        return RefusedAsync("         a token without its MIC", () => stage.Bare.SayHelloAsync(_request, tokenAlone).ResponseAsync, KerberosError.ProofRefused);
    }

    private async Task TellImpostorAsync()
    {
        stage.Wire.StripsTheProof = true;
        await RefusedAsync("         an answer that does not prove the service", () => stage.Greeter.SayHelloAsync(_request).ResponseAsync, KerberosError.ServerNotProven);
        stage.Wire.StripsTheProof = false;
    }

    private async Task TellKdcGoneAsync()
    {
        stage.Realm.Fault = KdcFault.Unreachable;
        Outcome("at last  SayHello, the KDC gone, the ticket still good", (await stage.Greeter.SayHelloAsync(_request)).Message, Expected);
    }

    private async Task RefusedAsync(string what, Func<Task<HelloReply>> call, KerberosError expected)
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
