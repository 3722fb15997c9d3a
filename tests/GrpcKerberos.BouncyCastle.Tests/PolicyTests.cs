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
using GrpcKerberos.Testing.Tickets;

namespace GrpcKerberos.BouncyCastle.Tests;

/// <summary>All types are known here, and each exchange still takes only what its own policy names.</summary>
public class PolicyTests
{
    private const string Client = "alice@TEST.LOCAL";
    private const string Service = "HTTP/orders@TEST.LOCAL";
    private const string Method = "/greeter.v1.Greeter/SayHello";
    private const EncryptionType Aes = EncryptionType.Aes256CtsHmacSha1;
    private const EncryptionType Camellia = EncryptionType.Camellia256CtsCmac;
    private const EncryptionType Rc4 = EncryptionType.Rc4Hmac;

    private readonly AcceptorClock _clock = new(TimeProvider.System);
    private readonly TestKeys _keys = new TestKeys().Add(Service, 1, Aes, Camellia, EncryptionType.Camellia128CtsCmac, Rc4);

    public static TheoryData<EncryptionType> Types => OtherTypeKeyTests.Types;

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Accept_TicketOfATypeNotNamed_TicketEncryptionTypeRefused(EncryptionType type)
    {
        var call = Call(Ticket(type, Aes));
        Assert.Equal(type, (await AcceptedAsync(call, Naming(type, Aes))).TicketEncryptionType);
        Assert.Equal(ApRejection.TicketEncryptionTypeRefused, await RefusedAsync(call, new AcceptorPolicy()));
    }

    /// <summary>CVE-2022-37966: the account has AES keys, and somebody had the KDC choose RC4 for the session.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public async Task Accept_SessionKeyOfATypeNotNamedInAnAesTicket_SessionKeyRefused(EncryptionType type)
    {
        var call = Call(Ticket(Aes, type));
        Assert.Equal(type == Rc4 ? Aes : type, (await AcceptedAsync(call, Naming(type, Aes))).Keys.Type);
        Assert.Equal(ApRejection.SessionKeyRefused, await RefusedAsync(call, new AcceptorPolicy()));
    }

    [Fact]
    public async Task Accept_KOfRc4WhereRc4IsNamed_SubkeyRefused()
    {
        var ticket = Ticket(Rc4, Rc4);
        Assert.Equal(Aes, (await AcceptedAsync(TokenAlone(ticket, Aes), Naming(Rc4, Aes))).Keys.Type);
        Assert.Equal(ApRejection.SubkeyRefused, await RefusedAsync(TokenAlone(ticket, Rc4), Naming(Rc4, Aes)));
    }

    [Fact]
    public async Task Accept_NoKBesideASessionKeyOfRc4_AssertsOneOfAnotherTypeOrRefuses()
    {
        var ticket = Ticket(Rc4, Rc4);
        Assert.Equal(Camellia, (await AcceptedAsync(TokenAlone(ticket), Naming(Rc4, Camellia, Aes))).Keys.Type);
        Assert.Equal(ApRejection.NoSubkey, await RefusedAsync(TokenAlone(ticket), Naming(Rc4)));
    }

    [Fact]
    public void Initiate_SessionKeyOfRc4_KOfTheFirstOtherTypeNamed()
    {
        Assert.Equal(Camellia, KOf(Rc4, Camellia, Aes));
        Assert.Equal(Aes, KOf(Aes, Rc4, Camellia));
        Assert.Equal(KerberosError.EncryptionTypeRefused, Assert.Throws<KerberosException>(() => Session(Ticket(Rc4, Rc4), Rc4)).Error);
        Assert.Equal(KerberosError.EncryptionTypeRefused, Assert.Throws<KerberosException>(() => Session(Ticket(Rc4, Rc4))).Error);
    }

    [Fact]
    public void Verify_SubkeyOfRc4InTheAnswer_ProvesAndIsPassedOver()
    {
        Assert.True(Verify(Ticket(Rc4, Rc4), Aes, out var reply));
        Assert.Equal(Aes, reply!.AcceptorSubkey!.Type);
        Assert.True(Verify(Ticket(Rc4, Rc4), Rc4, out reply));
        Assert.Null(reply!.AcceptorSubkey);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Verify_SubkeyOfATypeThatNobodyNamedInTheAnswer_Refused(EncryptionType type)
    {
        Assert.True(Verify(Ticket(Aes, type), type, out _));
        Assert.False(Verify(Ticket(Aes, Aes), type, out _));
    }

    [Fact]
    public void Create_Krb5ConfPermitsThemAndNoOptionNamesThem_OnlyAesIsAskedFor()
    {
        var config = Krb5Config.Empty with { PermittedEncryptionTypes = [Rc4, Camellia, Aes] };
        Assert.Equal([Aes], Kdc(config).EncryptionTypes);
        Assert.Equal([Rc4, Aes], Kdc(config, Rc4, Aes).EncryptionTypes);
    }

    private static KdcClient Kdc(Krb5Config config, params EncryptionType[] named) =>
        KdcClient.Create(config, null, [], named, TimeSpan.FromSeconds(1), TimeProvider.System);

    private static AcceptorPolicy Naming(params EncryptionType[] types) => new() { EncryptionTypes = types };

    private static InitiatorSession Session(ServiceTicket ticket, params EncryptionType[] permitted) =>
        new(ticket, new AuthenticatorClock(TimeProvider.System), mutual: true, permitted: permitted);

    private static KerberosTime Now() => new(TimeProvider.System.GetUtcNow());

    private static bool Verify(ServiceTicket ticket, EncryptionType asserted, out VerifiedApRep? reply)
    {
        var request = PreparedApReq.Prepare(ticket, Now(), new ApReqContent());
        using var subkey = Subkey.Generate(asserted);
        var part = new EncApRepPart(request.ClientTime, new EncryptionKey(subkey.Type, subkey.Bytes.ToArray()), null).Encode();
        var answer = new ApRep(new EncryptedData(ticket.SessionKey.Type, null, ticket.SessionKey.Seal(KeyUsage.ApRepEncPart, part))).Encode();
        if (VerifiedApRep.Verify(request, answer).Passed(out reply, out var refusal)) return true;
        Assert.Equal(ApRejection.SubkeyRefused, refusal.Cause);
        return false;
    }

    private EncryptionType KOf(EncryptionType sessionKey, params EncryptionType[] permitted)
    {
        using var session = Session(Ticket(Rc4, sessionKey), permitted);
        var token = ApReq.Decode(session.Prepare(Method, TimeSpan.Zero).Token!.Encoded);
        Assert.True(session.Ticket.SessionKey.TryOpen(KeyUsage.ApReqAuthenticator, token.Authenticator.Cipher.Span, out var octets));
        return Authenticator.Decode(octets).Subkey!.Type;
    }

    private ServiceTicket Ticket(EncryptionType type, EncryptionType sessionKey) => new TestTickets(_keys).IssueTicket(Client, Service, t =>
    {
        t.UseKey(type);
        t.SessionKey = TicketSessionKey.Generate(sessionKey);
    });

    private static IncomingCall Call(ServiceTicket ticket)
    {
        using var session = Session(ticket, Aes);
        var call = session.Prepare(Method, TimeSpan.Zero);
        return new IncomingCall(call.Token!.Encoded, call.Proof, Method) { Connection = new Connection(Portability.Always, []) };
    }

    private static IncomingCall TokenAlone(ServiceTicket ticket, EncryptionType? k = null)
    {
        using var subkey = k is { } type ? Subkey.Generate(type) : null;
        var request = PreparedApReq.Prepare(ticket, Now(), new ApReqContent { Subkey = subkey, SequenceNumber = 7 });
        return new IncomingCall(request.Encoded, null, Method) { Connection = new Connection(Portability.Always, []) };
    }

    private async Task<AcceptedExchange> AcceptedAsync(IncomingCall call, AcceptorPolicy policy)
    {
        Assert.True((await JudgeAsync(call, policy)).Passed(out var accepted, out var refusal), refusal?.ToString());
        return accepted;
    }

    private async Task<ApRejection> RefusedAsync(IncomingCall call, AcceptorPolicy policy)
    {
        Assert.False((await JudgeAsync(call, policy)).Passed(out _, out var refusal));
        return refusal.Cause;
    }

    private ValueTask<Step<AcceptedExchange>> JudgeAsync(IncomingCall call, AcceptorPolicy policy) =>
        new ApAcceptor(policy, new MemoryReplayCache(TimeProvider.System), _clock, new ProcessSecret()).AcceptAsync(call, _keys.Keytab, CancellationToken.None);
}
