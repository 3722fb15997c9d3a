using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>
/// A client that has only krb5_mk_req and krb5_rd_rep: its token runs nothing, PROVE's KRB_AP_REP tells it the key, and its calls then run by
/// MICs that libkrb5 makes with that key.
/// </summary>
[Collection(MitRealm.Collection)]
public sealed class TokenAloneTests(MitRealm realm)
{
    public static TheoryData<string, int, string, bool> Tokens
    {
        get
        {
            var tokens = new TheoryData<string, int, string, bool>();
            foreach (var row in MitClient.Enctypes)
            {
                // Without a subkey or a number a session is server-bound wherever it begins.
                foreach (var options in new[] { "", "sequence", "subkey", "subkey sequence" })
                    tokens.Add((string)row[0], (int)row[1], options, options != "subkey sequence");
                tokens.Add((string)row[0], (int)row[1], "subkey sequence", false);
            }

            return tokens;
        }
    }

    [PeerTheory]
    [MemberData(nameof(Tokens))]
    public async Task Call_ByTheKeyOfRdRep_RunsOnce(string enctype, int number, string options, bool portable)
    {
        var server = new OurServer(realm, enctype, portable ? Portability.Always : Portability.Never);
        var (exchange, answer, request, reply) = await EstablishAsync(server, enctype, options);
        Assert.True(exchange.IsServerBound);
        Assert.Equal((number, 0), (reply.Number("ap-rep-subkey-etype"), exchange.ApRep.AsSpan().SequenceCompareTo(answer.ApRep)));
        Assert.Equal(request.Number("sequence"), reply.Number("ap-rep-sequence"));
        var key = reply.Bytes("ap-rep-subkey");
        Assert.Equal(answer.Session, await MitMics.IdAsync(realm, number, key, TicketOf(request)));

        var (time, mic) = await SignAsync(number, key, 4, answer, request);
        var accepted = server.Judge(answer.Session!.Value, time, mic).Accepted!;

        Assert.Equal(MitClient.Alice, accepted.Session!.Client);
        Assert.Equal(await AnswerAsync(number, key, 5, mic, request), Convert.ToHexString(accepted.Mic.Span));
        server.AssertRefuses(ApRejection.NumberRepeated, answer.Session.Value, time, mic);
        AssertUnknown(new OurServer(realm, enctype, Portability.Always), answer, time, mic); // another process
    }

    [PeerTheory]
    [MemberData(nameof(MitClient.Enctypes), MemberType = typeof(MitClient))]
    public async Task Call_ByTheKeyOfMkReq_RunsOnceInThePortableSession(string enctype, int number)
    {
        var server = new OurServer(realm, enctype, Portability.Always);
        var (exchange, answer, request, reply) = await EstablishAsync(server, enctype, "subkey sequence");
        Assert.False(exchange.IsServerBound);
        Assert.Equal(0, reply.Number("ap-rep-subkey-etype"));
        var key = request.Bytes("subkey");
        Assert.Equal(answer.Session, await MitMics.IdAsync(realm, number, key, TicketOf(request)));

        var (time, mic) = await SignAsync(number, key, 0, answer, request);
        var accepted = server.Judge(answer.Session!.Value, time, mic).Accepted!;

        Assert.Equal(await AnswerAsync(number, key, 1, mic, request), Convert.ToHexString(accepted.Mic.Span));
        server.AssertRefuses(ApRejection.NumberRepeated, answer.Session.Value, time, mic);
    }

    /// <summary>Each of these is a good MIC of libkrb5's; only the key, the owner or the direction is not the session's.</summary>
    [PeerTheory]
    [MemberData(nameof(MitClient.Enctypes), MemberType = typeof(MitClient))]
    public async Task Call_ByAnotherKeyOwnerOrDirection_Refused(string enctype, int number)
    {
        var server = new OurServer(realm, enctype, Portability.Never);
        var (exchange, answer, request, reply) = await EstablishAsync(server, enctype, "subkey sequence");
        var asserted = reply.Bytes("ap-rep-subkey");
        var covered = new Func<KerberosTime, byte[]>(time => Covered(answer, time));
        var n = (ulong)request.Number("sequence");
        var time = MitClient.Now();

        foreach (var (key, usage, flags) in new[]
                 {
                     (request.Bytes("subkey"), 25, 4), // K
                     (request.Bytes("subkey"), 25, 0),
                     (exchange.Ticket.Key.Value.ToArray(), 25, 4), // the ticket's session key
                     (exchange.Ticket.Key.Value.ToArray(), 25, 0),
                     (asserted, 25, 0),
                     (asserted, 25, 5),
                     (asserted, 23, 5),
                     (asserted, 23, 4),
                 })
            server.AssertRefuses(ApRejection.MicInvalid, answer.Session!.Value, time, await MitMics.SignAsync(realm, number, key, usage, flags, n, covered(time)));

        Assert.NotNull(server.Judge(answer.Session!.Value, time, await MitMics.SignAsync(realm, number, asserted, 25, 4, n, covered(time))).Accepted);
    }

    private static void AssertUnknown(OurServer server, ProvedRefusal answer, KerberosTime time, Mic mic) =>
        server.AssertRefuses(ApRejection.SessionUnknown, answer.Session!.Value, time, mic);

    private static ReadOnlyMemory<byte> TicketOf(PeerLines request) => ApReq.Decode(request.Bytes("ap-req")).Ticket.Encoded;

    private static byte[] Covered(ProvedRefusal answer, KerberosTime time) => MitMics.OctetsOf(new CallInput(answer.Session!.Value, time, OurServer.Method, [], []));

    private async Task<(KerberosTime Time, Mic Mic)> SignAsync(int enctype, byte[] key, int flags, ProvedRefusal answer, PeerLines request)
    {
        var time = MitClient.Now();
        return (time, await MitMics.SignAsync(realm, enctype, key, 25, flags, (ulong)request.Number("sequence"), Covered(answer, time)));
    }

    private async Task<string> AnswerAsync(int enctype, byte[] key, int flags, Mic mic, PeerLines request) =>
        Convert.ToHexString((await MitMics.SignAsync(realm, enctype, key, 23, flags, (ulong)request.Number("sequence"), MitMics.OctetsOf(new ReplyInput(mic.Span, [])))).ToArray());

    private async Task<(AcceptedExchange Exchange, ProvedRefusal Answer, PeerLines Request, PeerLines Reply)> EstablishAsync(OurServer server, string enctype, string options)
    {
        string[] arguments = ["mk", $"et-{enctype}/localhost", "mutual", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        await using var client = realm.Start("apreq", arguments, cache: await realm.KinitAsync("alice"));
        var request = await client.ReadToAsync("ap-req");
        var (exchange, answer) = await server.EstablishAsync(request.Bytes("ap-req"));
        var reply = (await client.FinishAsync(Convert.ToHexString(answer.ApRep!) + "\n")).EnsureSuccess().Lines;
        return (exchange, answer, request, reply);
    }
}
