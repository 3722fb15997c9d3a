using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>MIT's gss_init_sec_context and gss_get_mic against our acceptor, portable (key of the initiator) and server-bound (of the acceptor).</summary>
[Collection(MitRealm.Collection)]
public sealed class GssInitiatorTests(MitRealm realm)
{
    public static TheoryData<string, int, bool> Sessions
    {
        get
        {
            var sessions = new TheoryData<string, int, bool>();
            foreach (var row in MitClient.Enctypes)
                foreach (var serverBound in new[] { false, true })
                    sessions.Add((string)row[0], (int)row[1], serverBound);
            return sessions;
        }
    }

    [PeerTheory]
    [MemberData(nameof(Sessions))]
    public async Task Calls_ByGssGetMic_RunOnceAndTheirAnswersVerifiedByMit(string enctype, int number, bool serverBound)
    {
        await using var context = await EstablishAsync(enctype, serverBound);
        Assert.Equal((serverBound, number), (context.Exchange.IsServerBound, (int)context.Exchange.Keys.Type));

        for (var call = 0UL; call < 3; call++)
        {
            var time = MitClient.Now();
            var mic = await MitMics.SignAsync(context.Peer, context.Covered(time));
            var accepted = context.Server.Judge(context.Id, time, mic).Accepted!;

            // MIT counts from its authenticator's number, and our answer has the request's.
            Assert.Equal(context.Exchange.Authenticator.SequenceNumber + call, new CallProof(context.Id, time, mic).Number);
            Assert.Equal((serverBound ? 4 : 0, serverBound ? 5 : 1), (mic.Span[2], accepted.Mic.Span[2]));
            await MitMics.AssertVerifiesAsync(context.Peer, MitMics.OctetsOf(new ReplyInput(mic.Span, [])), accepted.Mic.ToArray());
            context.Server.AssertRefuses(ApRejection.NumberRepeated, context.Id, time, mic);
        }
    }

    [PeerTheory]
    [MemberData(nameof(Sessions))]
    public async Task Refusal_OfARepeatedCall_MicVerifiedByMit(string enctype, int number, bool serverBound)
    {
        await using var context = await EstablishAsync(enctype, serverBound);
        var time = MitClient.Now();
        var mic = await MitMics.SignAsync(context.Peer, context.Covered(time));
        Assert.Equal(number, (int)context.Server.Judge(context.Id, time, mic).Accepted!.Session!.Keys.Type);

        var answer = context.Server.Judge(context.Id, time, mic).Refused!.Answer;

        Assert.Equal("REPEAT", answer.Name);
        await MitMics.AssertVerifiesAsync(context.Peer, MitMics.OctetsOf(new ErrorInput(mic.Span, "REPEAT", answer.KrbError)), answer.Mic.ToArray());
        var other = await MitMics.VerifyAsync(context.Peer, MitMics.OctetsOf(new ErrorInput(mic.Span, "SKEW", answer.KrbError)), answer.Mic.ToArray());
        Assert.StartsWith("verify_mic 6 ", other["error"], StringComparison.Ordinal); // GSS_S_BAD_SIG
    }

    [PeerTheory]
    [MemberData(nameof(Sessions))]
    public async Task Mic_OfMitWithAnyBitFlippedOrCut_RefusedAndChangesNothing(string enctype, int number, bool serverBound)
    {
        await using var context = await EstablishAsync(enctype, serverBound);
        Assert.Equal(number, (int)context.Exchange.Keys.Type);
        var time = MitClient.Now();
        var mic = await MitMics.SignAsync(context.Peer, context.Covered(time));
        var token = mic.ToArray();

        foreach (var changed in MitMics.EachBitFlipped(token))
            context.Server.AssertRefuses(ApRejection.MicInvalid, context.Id, time, new Mic(changed));
        for (var length = 0; length < token.Length; length++)
            context.Server.AssertRefuses(ApRejection.MicInvalid, context.Id, time, new Mic(token.AsSpan(0, length)));
        context.Server.AssertRefuses(ApRejection.MicInvalid, context.Id, time + TimeSpan.FromMicroseconds(1), mic);

        Assert.NotNull(context.Server.Judge(context.Id, time, mic).Accepted);
    }

    [PeerTheory]
    [MemberData(nameof(Sessions))]
    public async Task AnswerMic_OfOursWithAnyBitFlipped_RefusedByMit(string enctype, int number, bool serverBound)
    {
        await using var context = await EstablishAsync(enctype, serverBound);
        Assert.Equal(number, (int)context.Exchange.Keys.Type);
        var time = MitClient.Now();
        var mic = await MitMics.SignAsync(context.Peer, context.Covered(time));
        var covered = MitMics.OctetsOf(new ReplyInput(mic.Span, []));
        var answer = context.Server.Judge(context.Id, time, mic).Accepted!.Mic.ToArray();

        foreach (var changed in MitMics.EachBitFlipped(answer))
            Assert.True((await MitMics.VerifyAsync(context.Peer, covered, changed)).Has("error"));

        await MitMics.AssertVerifiesAsync(context.Peer, covered, answer);
    }

    /// <summary>MIT makes each MIC honestly over its own header; of all directions, owners and unknown flags exactly one is a call's.</summary>
    [PeerTheory]
    [MemberData(nameof(Sessions))]
    public async Task Mic_OfAnotherUsageOrOtherFlags_Refused(string enctype, int number, bool serverBound)
    {
        await using var context = await EstablishAsync(enctype, serverBound);
        var key = context.Key();
        var time = MitClient.Now();
        var next = context.Exchange.Authenticator.SequenceNumber!.Value;
        var own = serverBound ? 4 : 0;

        var others = new[] { (22, own), (23, own), (23, own | 1), (24, own), (25, own | 1), (25, own | 2), (25, own | 8), (25, own ^ 4), (25, (own ^ 4) | 1) };
        foreach (var (usage, flags) in others)
            context.Server.AssertRefuses(ApRejection.MicInvalid, context.Id, time, await MitMics.SignAsync(realm, number, key, usage, flags, next, context.Covered(time)));

        Assert.NotNull(context.Server.Judge(context.Id, time, await MitMics.SignAsync(realm, number, key, 25, own, next, context.Covered(time))).Accepted);
    }

    private async Task<GssContext> EstablishAsync(string enctype, bool serverBound)
    {
        var server = new OurServer(realm, enctype, serverBound ? Portability.Never : Portability.Always);
        var peer = realm.Start("gsspeer", ["init", $"et-{enctype}@localhost", "mutual"], cache: await realm.KinitAsync("alice"));
        var request = GssFrame.Unwrap(GssFrame.Request, (await peer.ReadToAsync("token")).Bytes("token"));
        var (exchange, answer) = await server.EstablishAsync(request);
        await peer.WriteLineAsync(Convert.ToHexString(GssFrame.Wrap(GssFrame.Reply, answer.ApRep)));
        Assert.False((await peer.ReadToAsync("ready")).Has("error"));
        return new GssContext(peer, server, exchange, answer);
    }

    private sealed record GssContext(ForeignProcess Peer, OurServer Server, AcceptedExchange Exchange, ProvedRefusal Answer) : IAsyncDisposable
    {
        public SessionId Id => Answer.Session!.Value;

        public byte[] Covered(KerberosTime time) => MitMics.OctetsOf(new CallInput(Id, time, OurServer.Method, [], []));

        /// <summary>K, or the subkey that our KRB_AP_REP asserts.</summary>
        public byte[] Key()
        {
            if (!Exchange.IsServerBound) return Exchange.Authenticator.Subkey!.Value.ToArray();
            using var sessionKey = new Protocol.Crypto.TicketSessionKey(Exchange.Ticket.Key.Type, Exchange.Ticket.Key.Value.Span);
            Assert.True(sessionKey.TryOpen(Protocol.Registry.KeyUsage.ApRepEncPart, ApRep.Decode(Answer.ApRep).EncPart.Cipher.Span, out var part));
            return EncApRepPart.Decode(part).Subkey!.Value.ToArray();
        }

        public ValueTask DisposeAsync() => Peer.DisposeAsync();
    }
}
