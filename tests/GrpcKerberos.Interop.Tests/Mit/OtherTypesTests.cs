using GrpcKerberos.BouncyCastle;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>The types of GrpcKerberos.BouncyCastle against MIT krb5: logins, tickets, both ends of the AP exchange, MICs.</summary>
[Collection(MitRealm.Collection)]
public sealed class OtherTypesTests
{
    private const uint Number = 0x2000_0005;

    private static readonly EncryptionType[] s_permitted =
        [EncryptionType.Camellia256CtsCmac, EncryptionType.Camellia128CtsCmac, EncryptionType.Rc4Hmac, .. EncryptionTypeList.Default];

    private readonly AcceptorClock _started = new(TimeProvider.System);
    private readonly MitRealm _realm;

    public OtherTypesTests(MitRealm realm)
    {
        _realm = realm;
        EncryptionProfile.Register([BouncyCastleEncryptionTypes.Camellia, BouncyCastleEncryptionTypes.DangerousRc4]);
    }

    public static TheoryData<string, int> Enctypes => new() { { "camellia256-cts", 26 }, { "camellia128-cts", 25 }, { "arcfour-hmac", 23 } };

    public static TheoryData<string, int> Camellia => new() { { "camellia256-cts", 26 }, { "camellia128-cts", 25 } };

    /// <summary>PA-ENC-TIMESTAMP and the AS-REP by a key of that type, then a TGS-REP that holds a session key of it.</summary>
    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task Login_OfAnAccountWithThisKeyAlone_TicketOfThisType(string enctype, int number)
    {
        foreach (var byPassword in new[] { false, true })
        {
            var kdc = Kdc();
            var user = MitClient.Principal("only-" + enctype);
            ILogin login = byPassword
                ? new PasswordLogin(user, $"only-{enctype}pw", kdc)
                : new KeytabLogin(user, _ => ValueTask.FromResult(KeytabLoader.Load(_realm.Keytab("only-" + enctype))), "only.keytab", kdc);
            using var source = new TicketSource(login, kdc, TimeProvider.System);

            var ticket = await source.GetAsync(MitClient.Service(enctype), CancellationToken.None);

            Assert.Equal((user, number, number), (ticket.Client, (int)ticket.SessionKey.Type, (int)ticket.Ticket.EncPart.Type));
        }
    }

    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task Login_TypeNotNamed_Refused(string enctype, int number)
    {
        Assert.DoesNotContain(EncryptionTypeList.Default, t => (int)t == number);
        using var login = new PasswordLogin(MitClient.Principal("only-" + enctype), $"only-{enctype}pw", Kdc(EncryptionTypeList.Default));
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await login.GetGrantingTicketAsync(CancellationToken.None));
        Assert.Equal(KerberosError.KdcRefused, e.Error); // MIT offers no PA-ENC-TIMESTAMP where there is no key in common.
    }

    /// <summary>A ticket-granting ticket whose session key is of that type: the TGS-REQ's checksum and both seals of its reply are too.</summary>
    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task TgsExchange_ByAGrantingTicketOfMitsCacheOfThisType_Ticket(string enctype, int number)
    {
        (await RunAsync("kadmin.local", ["-r", MitRealm.Name, "setstr", $"krbtgt/{MitRealm.Name}", "session_enctypes", enctype])).EnsureSuccess();
        var cache = _realm.NewCache();
        (await RunAsync("kinit", ["-kt", _realm.Keytab("alice"), "alice"], cache)).EnsureSuccess();
        (await RunAsync("kadmin.local", ["-r", MitRealm.Name, "delstr", $"krbtgt/{MitRealm.Name}", "session_enctypes"])).EnsureSuccess();
        var kdc = Kdc();
        var login = new CacheLogin(() => new FileLocation(cache), TimeProvider.System, s_permitted);
        using var source = new TicketSource(login, kdc, TimeProvider.System);

        Assert.Equal(number, (int)(await login.GetGrantingTicketAsync(CancellationToken.None)).SessionKey.Type);
        Assert.Equal(number, (int)(await source.GetAsync(MitClient.Service(enctype), CancellationToken.None)).SessionKey.Type);
        using var other = new CacheLogin(() => new FileLocation(cache), TimeProvider.System);
        Assert.Throws<KerberosException>(() => other.GetGrantingTicketAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult());
    }

    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task ApReq_OfOurs_TakenByMitAndItsAnswerVerified(string enctype, int number)
    {
        using var session = await SessionAsync(enctype);
        var first = session.Prepare(OurServer.Method, TimeSpan.Zero);

        var accepted = (await RunAsync("apreq", ["rd"], keytab: _realm.Keytab("et-" + enctype), input: Convert.ToHexString(first.Token!.Encoded.Span) + "\n")).EnsureSuccess().Lines;

        Assert.Equal((number, number), ((int)accepted.Number("ticket-etype"), (int)accepted.Number("session-key-etype")));
        Assert.Equal(number == 23 ? 26 : number, (int)accepted.Number("subkey-etype"));
        Assert.True(VerifiedApRep.Verify(first.Token, accepted.Bytes("ap-rep")).Passed(out _, out var refusal), refusal?.ToString());
    }

    /// <summary>Beside a session key of RC4 too: MIT's subkey is of K's type.</summary>
    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task ApRep_WithSubkeyOfMit_IsTheOneMitMade(string enctype, int number)
    {
        using var session = await SessionAsync(enctype);
        var first = session.Prepare(OurServer.Method, TimeSpan.Zero);

        var accepted = (await RunAsync("apreq", ["rd", "subkey"], keytab: _realm.Keytab("et-" + enctype), input: Convert.ToHexString(first.Token!.Encoded.Span) + "\n")).EnsureSuccess().Lines;

        Assert.True(VerifiedApRep.Verify(first.Token, accepted.Bytes("ap-rep")).Passed(out var reply, out var refusal), refusal?.ToString());
        Assert.Equal((number == 23 ? 26 : number, Convert.ToHexString(accepted.Bytes("ap-rep-subkey"))), ((int)reply.AcceptorSubkey!.Type, Convert.ToHexString(reply.AcceptorSubkey.Bytes)));
    }

    [PeerTheory]
    [MemberData(nameof(Camellia))]
    public async Task ApReq_OfMitWithSubkey_TakenAndItsAnswerVerifiedByMit(string enctype, int number)
    {
        await using var client = await StartClientAsync(enctype, "subkey", "sequence");
        var request = (await client.ReadToAsync("ap-req")).Bytes("ap-req");

        Assert.Equal(ApRejection.TicketEncryptionTypeRefused, Refusal(await AcceptAsync(enctype, request, new AcceptorPolicy())));
        Assert.True((await AcceptAsync(enctype, request)).Passed(out var accepted, out var refusal), refusal?.ToString());
        (await client.FinishAsync(Convert.ToHexString(accepted.ApRep!) + "\n")).EnsureSuccess();

        Assert.Equal((number, number), ((int)accepted.TicketEncryptionType, (int)accepted.Keys.Type));
    }

    [PeerFact]
    public async Task ApReq_OfMitWithSubkeyOfRc4_SubkeyRefused()
    {
        await using var client = await StartClientAsync("arcfour-hmac", "subkey");
        var request = await client.ReadToAsync("ap-req");
        Assert.Equal(23, request.Number("subkey-etype"));

        Assert.Equal(ApRejection.SubkeyRefused, Refusal(await AcceptAsync("arcfour-hmac", request.Bytes("ap-req"))));
        Assert.Equal(ApRejection.TicketEncryptionTypeRefused, Refusal(await AcceptAsync("arcfour-hmac", request.Bytes("ap-req"), new AcceptorPolicy())));
    }

    [PeerFact]
    public async Task ApReq_OfMitWithRc4AndNoSubkey_AnswerAssertsOneOfAnotherType()
    {
        await using var client = await StartClientAsync("arcfour-hmac");
        var request = (await client.ReadToAsync("ap-req")).Bytes("ap-req");

        Assert.True((await AcceptAsync("arcfour-hmac", request)).Passed(out var accepted, out var refusal), refusal?.ToString());
        var verified = (await client.FinishAsync(Convert.ToHexString(accepted.ApRep!) + "\n")).EnsureSuccess().Lines;

        Assert.Equal((23, 26, 26), ((int)accepted.TicketEncryptionType, (int)accepted.Keys.Type, (int)verified.Number("ap-rep-subkey-etype")));
    }

    /// <summary>gss_get_mic and gss_verify_mic under a subkey that MIT asserted (RFC 4121 with CMAC).</summary>
    [PeerTheory]
    [MemberData(nameof(Camellia))]
    public async Task Mics_UnderASubkeyOfMit_VerifiedBothWays(string enctype, int number)
    {
        var ticket = await TicketAsync(enctype);
        using var k = Subkey.Generate(ticket.SessionKey.Type);
        var checksum = new byte[24];
        (checksum[0], checksum[20]) = (16, 0x20 | 0x04 | 0x02);
        var request = PreparedApReq.Prepare(ticket, MitClient.Now(), new ApReqContent { Subkey = k, SequenceNumber = Number, Checksum = new Checksum(ChecksumType.GssApi, checksum) });
        await using var peer = Start("gsspeer", ["accept"], keytab: _realm.Keytab("et-" + enctype));
        await peer.WriteLineAsync(Convert.ToHexString(GssFrame.Wrap(GssFrame.Request, request.Encoded.Span)));
        var answer = await peer.ReadToAsync("ready");
        Assert.True(VerifiedApRep.Verify(request, GssFrame.Unwrap(GssFrame.Reply, answer.Bytes("token"))).Passed(out var reply, out var refusal), refusal?.ToString());
        Assert.Equal(number, (int)reply.AcceptorSubkey!.Type);
        using var keys = new SessionKeys(reply.AcceptorSubkey, KeyOwner.Acceptor);

        var input = new CallInput(default, MitClient.Now(), OurServer.Method, [], []);
        await MitMics.AssertVerifiesAsync(peer, MitMics.OctetsOf(input), keys.SignCall(Number, input).ToArray());
        var covered = MitMics.OctetsOf(new ReplyInput([1, 2, 3], []));
        var mic = (await MitMics.SignAsync(peer, covered)).ToArray();
        Assert.Equal(32, mic.Length);
        Assert.True(keys.VerifyAnswer(reply.SequenceNumber!.Value, mic, new OctetInput(covered)));
        foreach (var changed in MitMics.EachBitFlipped(mic)) Assert.False(keys.VerifyAnswer(reply.SequenceNumber.Value, changed, new OctetInput(covered)));
    }

    private static ApRejection Refusal(Step<AcceptedExchange> step)
    {
        Assert.False(step.Passed(out _, out var refusal));
        return refusal.Cause;
    }

    private ValueTask<Step<AcceptedExchange>> AcceptAsync(string enctype, byte[] request, AcceptorPolicy? policy = null) =>
        new ApAcceptor(policy ?? new AcceptorPolicy { EncryptionTypes = s_permitted }, new MemoryReplayCache(TimeProvider.System), _started, new ProcessSecret())
            .AcceptAsync(new IncomingCall(request, Proof: null, OurServer.Method), MitClient.ServiceKeytab(_realm, enctype), CancellationToken.None);

    private async Task<InitiatorSession> SessionAsync(string enctype) =>
        new(await TicketAsync(enctype), new AuthenticatorClock(TimeProvider.System), mutual: true, permitted: s_permitted);

    private async Task<ServiceTicket> TicketAsync(string enctype)
    {
        var kdc = Kdc();
        using var source = new TicketSource(MitClient.Login(_realm, kdc, withPassword: false), kdc, TimeProvider.System);
        return await source.GetAsync(MitClient.Service(enctype), CancellationToken.None);
    }

    private KdcClient Kdc(IReadOnlyList<EncryptionType>? types = null) => new(
        new KdcLocator(Krb5Config.Load(_realm.Krb5Conf, static _ => null), null, []), new TcpKdcTransport(), types ?? s_permitted, TimeSpan.FromMinutes(1), TimeProvider.System);

    private async Task<ForeignProcess> StartClientAsync(string enctype, params string[] options)
    {
        var cache = _realm.NewCache();
        (await RunAsync("kinit", ["-kt", _realm.Keytab("alice"), "alice"], cache)).EnsureSuccess();
        return Start("apreq", ["mk", $"et-{enctype}/localhost", "mutual", .. options], cache);
    }

    private Task<ProcessOutput> RunAsync(string program, IEnumerable<string> arguments, string? cache = null, string? keytab = null, string input = "") =>
        ForeignProcess.RunAsync(MitTools.Find(program), arguments, input, Environment(cache, keytab), null);

    private ForeignProcess Start(string program, IEnumerable<string> arguments, string? cache = null, string? keytab = null) =>
        ForeignProcess.Start(MitTools.Find(program), arguments, Environment(cache, keytab), null);

    private Dictionary<string, string> Environment(string? cache, string? keytab) => new(_realm.Environment(cache, keytab)) { ["KRB5_CONFIG"] = _realm.OthersConf };
}
