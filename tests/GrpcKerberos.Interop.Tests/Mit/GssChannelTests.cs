using System.Security.Cryptography;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>MIT's initiator bound to a TLS channel (tls-server-end-point): its token runs on that channel alone, and so do its MICs.</summary>
[Collection(MitRealm.Collection)]
public sealed class GssChannelTests(MitRealm realm)
{
    private static readonly byte[] s_hash = SHA256.HashData("certificate"u8);
    private static readonly byte[] s_otherHash = SHA256.HashData("another certificate"u8);

    [PeerTheory]
    [MemberData(nameof(MitClient.Enctypes), MemberType = typeof(MitClient))]
    public async Task Call_InAContextBoundToAChannel_RunsOnThatChannelAlone(string enctype, int number)
    {
        var server = new OurServer(realm, enctype, Portability.Always, new ChannelBinding(s_hash));
        await using var peer = await StartAsync(enctype, s_hash);
        var (judgement, exchange) = await server.ShowAsync(await RequestAsync(peer));
        Assert.Equal((number, true), ((int)exchange!.Keys.Type, judgement.Accepted is not null));
        await peer.WriteLineAsync(Convert.ToHexString(GssFrame.Wrap(GssFrame.Reply, judgement.Accepted!.ApRep)));
        Assert.False((await peer.ReadToAsync("ready")).Has("error"));
        var (id, time) = (exchange.Session, MitClient.Now());

        var unbound = await MitMics.SignAsync(peer, MitMics.OctetsOf(new CallInput(id, time, OurServer.Method, [], [])));
        var mic = await MitMics.SignAsync(peer, MitMics.OctetsOf(new CallInput(id, time, OurServer.Method, s_hash, [])));

        server.AssertRefuses(ApRejection.MicInvalid, id, time, unbound);
        server.AssertRefuses(ApRejection.SessionUnknown, id, time, mic, new Connection(Portability.Always, []));
        server.AssertRefuses(ApRejection.SessionUnknown, id, time, mic, new Connection(Portability.Always, [new ChannelBinding(s_otherHash)]));
        var answer = server.Judge(id, time, mic).Accepted!.Mic.ToArray();
        await MitMics.AssertVerifiesAsync(peer, MitMics.OctetsOf(new ReplyInput(mic.Span, [])), answer);
        server.AssertRefuses(ApRejection.NumberRepeated, id, time, mic);
    }

    [PeerTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Token_BoundToAChannel_TakenOnThatChannelAlone(bool sameChannel)
    {
        var server = new OurServer(realm, "aes256-sha2", Portability.Always, new ChannelBinding(s_hash));
        await using var peer = await StartAsync("aes256-sha2", sameChannel ? s_hash : s_otherHash);

        var (judgement, _) = await server.ShowAsync(await RequestAsync(peer));

        Assert.Equal(sameChannel ? null : ApRejection.ChannelBindingMismatch, judgement.Refused?.Cause);
    }

    private static async Task<byte[]> RequestAsync(ForeignProcess peer) =>
        GssFrame.Unwrap(GssFrame.Request, (await peer.ReadToAsync("token")).Bytes("token"));

    private async Task<ForeignProcess> StartAsync(string enctype, byte[] hash)
    {
        var binding = Convert.ToHexString([.. "tls-server-end-point:"u8, .. hash]);
        return realm.Start("gsspeer", ["init", $"et-{enctype}@localhost", "mutual", "cb=" + binding], cache: await realm.KinitAsync("alice"));
    }
}
