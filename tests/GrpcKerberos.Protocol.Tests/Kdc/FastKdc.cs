using System.Security.Cryptography;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Kdc.Fast;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>A KDC that takes alice's key in armour alone, and answers rightly but for the one thing a test changes. The host's key it takes without.</summary>
internal sealed class FastKdc
{
    public static readonly KerberosPrincipal Host = KerberosPrincipal.Parse("host/orders.test.local@TEST.LOCAL");

    private static readonly PreAuthData s_cookie = new(PreAuthType.FxCookie, "cookie"u8.ToArray());

    private readonly FakeKdc _kdc;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, TicketSessionKey> _hostTickets = [];

    public FastKdc(FakeKdc kdc, TimeProvider time)
    {
        _kdc = kdc;
        _time = time;
        Armor = Issue(Host, EncryptionType.Aes128CtsHmacSha256);
        kdc.Intercept = (request, _) => new(request.Type == MessageType.AsReq ? Bytes(Answer(request)) : null);
    }

    public LongTermKey HostKey { get; } = LongTermKey.Generate(EncryptionType.Aes256CtsHmacSha1);

    /// <summary>What a kinit of the host left in its cache.</summary>
    public ServiceTicket Armor { get; set; }

    /// <summary>The ways to pre-authenticate it offers inside the armour.</summary>
    public PreAuthType Offers { get; set; } = PreAuthType.EncryptedChallenge;

    /// <summary>Its error where alice has proved herself; null: it grants.</summary>
    public KerberosErrorCode? Refusal { get; set; }

    public TimeSpan ClockOffset { get; set; }

    /// <summary>False where its clock jumps in the middle of a login.</summary>
    public bool JudgesArmorsTime { get; set; } = true;

    /// <summary>Its changes, to what is inside the armour of errors and of the reply, and to the reply outside.</summary>
    public Func<FastResponse, FastResponse> ErrorResponse { get; set; } = static response => response;

    public Func<FastResponse, FastResponse> Response { get; set; } = static response => response;

    public Func<KdcRep, KdcRep> Rep { get; set; } = static rep => rep;

    /// <summary>Last of all, to the octets.</summary>
    public Func<byte[], byte[]> Bytes { get; set; } = static bytes => bytes;

    public Func<CombinedKey, KerberosKey> SealsArmorWith { get; set; } = static key => key;

    /// <summary>The key it proves itself with; null: it does not.</summary>
    public LongTermKey? ProvesWith { get; set; }

    public List<FastRequest> Inside { get; } = [];

    private KerberosTime Now => new KerberosTime(_time.GetUtcNow()) + ClockOffset;

    /// <summary>As with kinit -T: the armour out of a cache.</summary>
    public Armory Cache() => new(new OneTicket(Armor));

    public Armory Keytab() => new(null, () => new Keytab([new KeytabEntry(Host, 1, HostKey.Type, HostKey)]), "/etc/krb5.keytab");

    public KdcClient Client(Armory armory) => new(
        new KdcLocator(Krb5Config.Empty, "TEST.LOCAL", [new KdcAddress("dc1.test.local")]),
        _kdc, EncryptionTypeList.Default, TimeSpan.FromSeconds(10), _time, armory: armory);

    public ServiceTicket Issue(KerberosPrincipal client, EncryptionType type, string realm = "TEST.LOCAL")
    {
        var service = KerberosPrincipal.TicketGrantingService(realm);
        var key = TicketSessionKey.Generate(type);
        var ticket = new Ticket(realm, service.Name, new EncryptedData(EncryptionType.Aes256CtsHmacSha1, 1, RandomNumberGenerator.GetBytes(80)));
        _hostTickets[Convert.ToHexString(ticket.Encoded.Span)] = key;
        var start = new KerberosTime(_time.GetUtcNow());
        return new ServiceTicket(client, service, ticket, key, TicketFlags.Initial, start, start, start + TimeSpan.FromHours(1));
    }

    private byte[] Answer(KdcReq request)
    {
        var client = new KerberosPrincipal(request.Body.ClientName!, request.Body.Realm);
        var fast = request.PreAuthData!.FirstOrDefault(static p => p.Type == PreAuthType.FxFast);
        if (fast is not null) return AnswerArmored(request, FastArmoredRequest.Decode(fast.Value));
        if (!client.Equals(Host)) return _kdc.Error(KerberosErrorCode.KDC_ERR_PREAUTH_REQUIRED, PreAuthData.EncodeMethodData([new(PreAuthType.FxFast, default), Info()]));
        var ticket = Issue(client, EncryptionType.Aes256CtsHmacSha384);
        return SealRep(request.Body, ticket, HostKey, request, preAuth: null).Encode();
    }

    private byte[] AnswerArmored(KdcReq request, FastArmoredRequest fast)
    {
        Assert.Single(request.PreAuthData!);
        Assert.Equal(FastArmoredRequest.ApRequest, fast.ArmorType);
        using var armorKey = ArmorKey(ApReq.Decode(fast.Armor));
        Assert.True(armorKey.VerifyChecksum((KeyUsage)50, request.Body.Encode(), fast.BodyChecksum.Value.Span));
        Assert.True(armorKey.TryOpen((KeyUsage)51, fast.EncFastRequest.Cipher.Span, out var plaintext));
        var inside = FastRequest.Decode(plaintext);
        Inside.Add(inside);
        Assert.Equal(request.Body.Encode(), inside.Body.Encode());
        if (Find(inside, PreAuthType.EncryptedChallenge) is not { } proof)
            return Refuse(armorKey, request, KerberosErrorCode.KDC_ERR_PREAUTH_REQUIRED, new PreAuthData(Offers, default), Info(), s_cookie);
        Assert.Equal(s_cookie.Value, Find(inside, PreAuthType.FxCookie)!.Value.ToArray());
        using var challenge = CombinedKey.Combine(armorKey, "clientchallengearmor"u8, _kdc.AliceKey, "challengelongterm"u8);
        if (!challenge.TryOpen((KeyUsage)54, EncryptedData.Decode(proof.Value).Cipher.Span, out var time)) return Refuse(armorKey, request, KerberosErrorCode.KDC_ERR_PREAUTH_FAILED);
        if ((PaEncTimestamp.Decode(time).Time - Now).Duration() > TimeSpan.FromMinutes(5)) return Refuse(armorKey, request, KerberosErrorCode.KRB_AP_ERR_SKEW, s_cookie);
        return Refusal is { } refusal ? Refuse(armorKey, request, refusal) : Grant(armorKey, request, inside);
    }

    private CombinedKey ArmorKey(ApReq armor)
    {
        var sessionKey = _hostTickets[Convert.ToHexString(armor.Ticket.Encoded.Span)];
        Assert.True(sessionKey.TryOpen(KeyUsage.ApReqAuthenticator, armor.Authenticator.Cipher.Span, out var opened));
        var authenticator = Authenticator.Decode(opened);
        Assert.Equal(Host, authenticator.Client);
        if (JudgesArmorsTime) Assert.True((authenticator.ClientTime - Now).Duration() < TimeSpan.FromMinutes(5));
        using var subkey = new Subkey(authenticator.Subkey!.Type, authenticator.Subkey.Value.Span);
        return CombinedKey.Combine(subkey, "subkeyarmor"u8, sessionKey, "ticketarmor"u8);
    }

    private byte[] Refuse(CombinedKey armorKey, KdcReq request, KerberosErrorCode code, params PreAuthData[] preAuth)
    {
        var error = new KrbError(code, Now, KerberosPrincipal.TicketGrantingService("TEST.LOCAL")).Encode();
        var response = ErrorResponse(new FastResponse([new PreAuthData(PreAuthType.FxError, error), .. preAuth], request.Body.Nonce));
        return _kdc.Error(code, PreAuthData.EncodeMethodData([Wrap(armorKey, response)]));
    }

    private byte[] Grant(CombinedKey armorKey, KdcReq request, FastRequest inside)
    {
        var ticket = Issue(FakeKdc.Alice, EncryptionType.Aes256CtsHmacSha1);
        var strengthen = Subkey.Generate(_kdc.AliceKey.Type);
        using var challenge = CombinedKey.Combine(armorKey, "kdcchallengearmor"u8, ProvesWith ?? _kdc.AliceKey, "challengelongterm"u8);
        var proof = new EncryptedData(challenge.Type, null, challenge.Seal((KeyUsage)55, new PaEncTimestamp(Now).Encode())).Encode();
        var checksum = new Checksum(armorKey.ChecksumType, armorKey.MakeChecksum((KeyUsage)53, ticket.Ticket.Encoded.Span));
        var response = Response(new FastResponse(
            [new PreAuthData(PreAuthType.EncryptedChallenge, proof)],
            inside.Body.Nonce,
            new EncryptionKey(strengthen.Type, strengthen.Bytes.ToArray()),
            new FastFinished(Now, FakeKdc.Alice, checksum)));
        KerberosKey key = response.StrengthenKey is null ? _kdc.AliceKey : CombinedKey.Combine(strengthen, "strengthenkey"u8, _kdc.AliceKey, "replykey"u8);
        return Rep(SealRep(inside.Body, ticket, key, request, [Wrap(armorKey, response)])).Encode();
    }

    private PreAuthData Wrap(CombinedKey armorKey, FastResponse response)
    {
        var key = SealsArmorWith(armorKey);
        return new PreAuthData(PreAuthType.FxFast, new FastArmoredReply(new EncryptedData(key.Type, null, key.Seal((KeyUsage)52, response.Encode()))).Encode());
    }

    private KdcRep SealRep(KdcReqBody body, ServiceTicket ticket, KerberosKey key, KdcReq request, PreAuthData[]? preAuth)
    {
        var part = new EncKdcRepPart(
            MessageType.AsRep, new EncryptionKey(ticket.SessionKey.Type, ticket.SessionKey.Bytes.ToArray()), [], body.Nonce, TicketFlags.Initial | TicketFlags.EncPaRep,
            new KerberosTime(Now.WholeSeconds), null, new KerberosTime((Now + TimeSpan.FromHours(1)).WholeSeconds), ticket.Service,
            EncryptedPreAuthData: [new PreAuthData(PreAuthType.ReqEncPaRep, FakeKdc.Vouch(key, request.Encode()))]);
        return new KdcRep(MessageType.AsRep, ticket.Client, ticket.Ticket, new EncryptedData(key.Type, null, key.Seal(KeyUsage.AsRepEncPart, part.Encode())), preAuth);
    }

    private PreAuthData Info() => new(PreAuthType.EtypeInfo2, EtypeInfo2Entry.EncodeList([new EtypeInfo2Entry(_kdc.AliceKey.Type, "TEST.LOCALalice")]));

    private static PreAuthData? Find(FastRequest inside, PreAuthType type) => inside.PreAuthData.FirstOrDefault(p => p.Type == type);

    private sealed class OneTicket(ServiceTicket ticket) : ILogin
    {
        public string Source => "a test";

        public KerberosPrincipal Client => ticket.Client;

        public ValueTask<ServiceTicket> GetGrantingTicketAsync(CancellationToken cancellationToken) => ValueTask.FromResult(ticket);

        public bool TryGetServiceTicket(KerberosPrincipal service, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ServiceTicket? found)
        {
            found = null;
            return false;
        }

        public void Forget(ServiceTicket grantingTicket)
        {
        }

        public void Dispose()
        {
        }
    }
}
