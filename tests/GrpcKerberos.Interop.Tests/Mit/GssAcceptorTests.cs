using System.Buffers.Binary;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>Our initiator and MICs against MIT's gss_accept_sec_context: it asserts a subkey of its own exactly where mutual authentication is asked.</summary>
[Collection(MitRealm.Collection)]
public sealed class GssAcceptorTests(MitRealm realm)
{
    private const uint Number = 0x2000_0005;

    public static TheoryData<string, int, bool> Contexts => GssInitiatorTests.Sessions;

    [PeerTheory]
    [MemberData(nameof(Contexts))]
    public async Task CallMics_OfOurs_VerifiedByMit(string enctype, int number, bool mutual)
    {
        await using var context = await EstablishAsync(enctype, mutual);
        Assert.Equal(number, (int)context.Keys.Type);

        for (var call = 0U; call < 3; call++)
        {
            var (covered, mic) = Sign(context, Number + call);
            Assert.Equal(mutual ? 4 : 0, mic[2]);
            await MitMics.AssertVerifiesAsync(context.Peer, covered, mic);
            Assert.Equal(2, (await MitMics.VerifyAsync(context.Peer, covered, mic)).Number("verified")); // GSS_S_DUPLICATE_TOKEN
        }
    }

    [PeerTheory]
    [MemberData(nameof(Contexts))]
    public async Task CallMic_OfOursWithAnyBitFlipped_RefusedByMit(string enctype, int number, bool mutual)
    {
        await using var context = await EstablishAsync(enctype, mutual);
        Assert.Equal(number, (int)context.Keys.Type);
        var (covered, mic) = Sign(context, Number);

        foreach (var changed in MitMics.EachBitFlipped(mic))
            Assert.True((await MitMics.VerifyAsync(context.Peer, covered, changed)).Has("error"));

        await MitMics.AssertVerifiesAsync(context.Peer, covered, mic);
    }

    [PeerTheory]
    [MemberData(nameof(Contexts))]
    public async Task AnswerMic_OfMit_TakenExactlyAsItIs(string enctype, int number, bool mutual)
    {
        await using var context = await EstablishAsync(enctype, mutual);
        Assert.Equal(number, (int)context.Keys.Type);
        var covered = MitMics.OctetsOf(new ReplyInput([1, 2, 3], []));
        var mic = (await MitMics.SignAsync(context.Peer, covered)).ToArray();

        // RFC 4121 section 4.2.6: without a KRB_AP_REP the acceptor counts from the initiator's number, else from its own.
        var expected = context.Reply?.SequenceNumber ?? Number;
        Assert.Equal((mutual ? 5 : 1, (ulong)expected), (mic[2], BinaryPrimitives.ReadUInt64BigEndian(mic.AsSpan(8))));
        foreach (var changed in MitMics.EachBitFlipped(mic))
            Assert.False(context.Keys.VerifyAnswer(expected, changed, new OctetInput(covered)));
        Assert.False(context.Keys.VerifyAnswer(expected + 1, mic, new OctetInput(covered)));
        Assert.False(context.OtherOwner.VerifyAnswer(expected, mic, new OctetInput(covered)));
        Assert.False(context.Keys.VerifyCall(new Mic(mic), new CallInput(default, MitClient.Now(), OurServer.Method, [], [])));
        Assert.True(context.Keys.VerifyAnswer(expected, mic, new OctetInput(covered)));
    }

    /// <summary>A KRB_AP_REP of MIT's with its own subkey: the client's server-bound session is that key's, by MIT's reckoning too.</summary>
    [PeerTheory]
    [MemberData(nameof(MitClient.Enctypes), MemberType = typeof(MitClient))]
    public async Task BoundSession_OfMitsSubkey_IdAndMicAreLibkrb5s(string enctype, int number)
    {
        var ticket = await MitClient.TicketAsync(realm, enctype);
        using var session = new InitiatorSession(ticket, new AuthenticatorClock(TimeProvider.System), mutual: true);
        var first = session.Prepare(OurServer.Method, TimeSpan.Zero);
        var accepted = (await realm.RunAsync("apreq", ["rd", "subkey"], Convert.ToHexString(first.Token!.Encoded.Span) + "\n", keytab: realm.Keytab("et-" + enctype))).EnsureSuccess().Lines;
        Assert.True(VerifiedApRep.Verify(first.Token, accepted.Bytes("ap-rep")).Passed(out var reply, out var refusal), refusal?.ToString());

        var named = await MitMics.IdAsync(realm, number, accepted.Bytes("ap-rep-subkey"), ticket.Ticket.Encoded);
        var bound = BoundSession.Of(session, reply, named)!;
        var call = session.PrepareKnown(OurServer.Method, TimeSpan.Zero, bound);

        var covered = MitMics.OctetsOf(new CallInput(named, call.Time, OurServer.Method, [], []));
        var expected = await MitMics.SignAsync(realm, number, accepted.Bytes("ap-rep-subkey"), 25, 4, call.Number, covered);
        Assert.Equal(Convert.ToHexString(expected.Span), Convert.ToHexString(call.Proof.Mic.Span));
        Assert.Equal(session.Id, await MitMics.IdAsync(realm, number, accepted.Bytes("subkey"), ticket.Ticket.Encoded));
        Assert.Null(BoundSession.Of(session, reply, session.Id));
        (bound.Prover as SessionKeys)!.Dispose();
    }

    private static (byte[] Covered, byte[] Mic) Sign(GssContext context, uint number)
    {
        var input = new CallInput(default, MitClient.Now(), OurServer.Method, [], []);
        return (MitMics.OctetsOf(input), context.Keys.SignCall(number, input).ToArray());
    }

    private async Task<GssContext> EstablishAsync(string enctype, bool mutual)
    {
        var ticket = await MitClient.TicketAsync(realm, enctype);
        using var k = Subkey.Generate(ticket.SessionKey.Type);
        var request = PreparedApReq.Prepare(ticket, MitClient.Now(), new ApReqContent
        {
            Subkey = k,
            SequenceNumber = Number,
            Checksum = GssChecksum(mutual),
            Options = mutual ? ApOptions.MutualRequired : ApOptions.None,
        });
        var peer = realm.Start("gsspeer", ["accept"], keytab: realm.Keytab("et-" + enctype));
        await peer.WriteLineAsync(Convert.ToHexString(GssFrame.Wrap(GssFrame.Request, request.Encoded.Span)));
        var answer = await peer.ReadToAsync("ready");
        Assert.Equal($"alice@{MitRealm.Name}", answer["client"]);
        if (!mutual) return new GssContext(peer, null, new SessionKeys(k, KeyOwner.Initiator), new SessionKeys(k, KeyOwner.Acceptor));
        Assert.True(VerifiedApRep.Verify(request, GssFrame.Unwrap(GssFrame.Reply, answer.Bytes("token"))).Passed(out var reply, out var refusal), refusal?.ToString());
        var asserted = reply.AcceptorSubkey!;
        Assert.NotEqual(Convert.ToHexString(k.Bytes), Convert.ToHexString(asserted.Bytes));
        return new GssContext(peer, reply, new SessionKeys(asserted, KeyOwner.Acceptor), new SessionKeys(asserted, KeyOwner.Initiator));
    }

    /// <summary>0x8003 without binding: integrity and replay detection asked, and mutual authentication or not (RFC 4121 section 4.1.1).</summary>
    private static Checksum GssChecksum(bool mutual)
    {
        var value = new byte[24];
        value[0] = 16;
        value[20] = (byte)(0x20 | 0x04 | (mutual ? 0x02 : 0));
        return new Checksum(ChecksumType.GssApi, value);
    }

    private sealed record GssContext(ForeignProcess Peer, VerifiedApRep? Reply, SessionKeys Keys, SessionKeys OtherOwner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            Keys.Dispose();
            OtherOwner.Dispose();
            return Peer.DisposeAsync();
        }
    }
}
