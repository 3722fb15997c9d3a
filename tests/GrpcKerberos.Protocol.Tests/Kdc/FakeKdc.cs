using System.Security.Cryptography;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>A KDC at the end of a transport that answers rightly, but for the one thing a test changes.</summary>
/// <remarks>It shares no code with the embedded KDC. Its tickets hold random octets: clients cannot read them anyway.</remarks>
internal sealed class FakeKdc(TimeProvider timeProvider) : IKdcTransport
{
    public static readonly KerberosPrincipal Alice = KerberosPrincipal.Parse("alice@TEST.LOCAL");
    public static readonly KerberosPrincipal Service = KerberosPrincipal.Parse("HTTP/orders.test.local@TEST.LOCAL");

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Realm, TicketSessionKey Key)> _grantingKeys = [];

    public LongTermKey AliceKey { get; set; } = LongTermKey.Generate(EncryptionType.Aes256CtsHmacSha1);

    public bool RequiresPreAuthentication { get; set; } = true;

    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(10);

    public TimeSpan ClockOffset { get; set; }

    /// <summary>The type of reply the changes below are for.</summary>
    public MessageType Changed { get; set; } = MessageType.AsRep;

    public Func<EncKdcRepPart, EncKdcRepPart> Part { get; set; } = static part => part;

    public Func<KdcRep, KdcRep> Rep { get; set; } = static rep => rep;

    public Func<byte[], byte[]> Bytes { get; set; } = static bytes => bytes;

    public Func<byte[], byte[]> Plaintext { get; set; } = static bytes => bytes;

    public Func<KerberosKey, KerberosKey> SealWith { get; set; } = static key => key;

    public bool SealsWithSessionKey { get; set; }

    /// <summary>Whether it signs AS-REQs that ask for it (RFC 6806 section 11), as all KDCs of today do.</summary>
    public bool VouchesForRequests { get; set; } = true;

    /// <summary>Answers instead, where it gives anything: a KRB-ERROR, garbage, an exception, an endless wait.</summary>
    public Func<KdcReq, CancellationToken, ValueTask<byte[]?>> Intercept { get; set; } = static (_, _) => default;

    /// <summary>The name a TGS grants a ticket for, given the request; null: it knows no such service.</summary>
    public Func<KdcReqBody, PrincipalName?> Grants { get; set; } = static body => body.ServiceName;

    public List<(KdcAddress Kdc, KdcReq Request)> Requests { get; } = [];

    public int Logins => Count(MessageType.AsReq);

    public int Granted => Count(MessageType.TgsReq);

    private KerberosTime Now => new KerberosTime(timeProvider.GetUtcNow()) + ClockOffset;

    public static KdcClient ClientOf(IKdcTransport transport, TimeProvider timeProvider, KdcEvents? events = null, IReadOnlyList<KdcAddress>? kdcs = null) => new(
        new KdcLocator(Krb5Config.Empty, "TEST.LOCAL", kdcs ?? [new KdcAddress("dc1.test.local")]),
        transport, EncryptionTypeList.Default, TimeSpan.FromSeconds(10), timeProvider, events: events);

    public static bool IsProved(KdcReq request) => request.PreAuthData?.Any(static p => p.Type == PreAuthType.EncTimestamp) ?? false;

    /// <summary>A client who knows a KDC of each realm.</summary>
    public static KdcClient ClientOf(IKdcTransport transport, TimeProvider timeProvider, Capaths capaths, string[] realms, LoginTerms? terms = null)
    {
        var kdcs = realms.Append("TEST.LOCAL").ToDictionary(static r => r, static r => (IReadOnlyList<KdcAddress>)[new KdcAddress("kdc." + r.ToLowerInvariant())]);
        return new KdcClient(
            new KdcLocator(Krb5Config.Empty with { Kdcs = kdcs }), transport, EncryptionTypeList.Default, TimeSpan.FromSeconds(10), timeProvider, terms: terms, capaths: capaths);
    }

    public Keytab Keytab(uint keyVersion = 2) => new([new KeytabEntry(Alice, keyVersion, AliceKey.Type, AliceKey)]);

    public KeytabLogin Login(KdcClient client, KdcEvents? events = null) =>
        new(Alice, _ => ValueTask.FromResult(Keytab()), "/run/secrets/alice.keytab", client, events);

    public byte[] Error(KerberosErrorCode code, byte[]? data = null) =>
        new KrbError(code, Now, KerberosPrincipal.TicketGrantingService("TEST.LOCAL"), Data: data is null ? null : new ReadOnlyMemory<byte>(data)).Encode();

    public static byte[] MethodData(params EtypeInfo2Entry[] entries) => PreAuthData.EncodeMethodData(
        [new(PreAuthType.EncTimestamp, ReadOnlyMemory<byte>.Empty), new(PreAuthType.EtypeInfo2, EtypeInfo2Entry.EncodeList(entries))]);

    public async ValueTask<byte[]> ExchangeAsync(KdcAddress kdc, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        var decoded = KdcReq.Decode(request, out var body);
        lock (_lock) Requests.Add((kdc, decoded));
        if (await Intercept(decoded, cancellationToken) is { } other) return other;
        lock (_lock) return decoded.Type == MessageType.AsReq ? AnswerLogin(decoded, request) : AnswerGrant(decoded, body);
    }

    public static byte[] Vouch(KerberosKey key, ReadOnlySpan<byte> request)
    {
        var checksum = new Checksum(key.ChecksumType, key.MakeChecksum((KeyUsage)56, request));
        return DerWriter.Encode(writer =>
        {
            using (writer.PushSequence())
            {
                writer.Int32(0, (int)checksum.Type);
                writer.OctetString(1, checksum.Value.Span);
            }
        });
    }

    private int Count(MessageType type)
    {
        lock (_lock) return Requests.Count(r => r.Request.Type == type);
    }

    private byte[] AnswerLogin(KdcReq request, ReadOnlyMemory<byte> encoded)
    {
        var proof = request.PreAuthData?.FirstOrDefault(p => p.Type == PreAuthType.EncTimestamp);
        if (proof is null && RequiresPreAuthentication)
            return Error(KerberosErrorCode.KDC_ERR_PREAUTH_REQUIRED, MethodData(new EtypeInfo2Entry(AliceKey.Type, "TEST.LOCALalice")));
        if (proof is not null)
        {
            if (!AliceKey.TryOpen(KeyUsage.PaEncTimestamp, EncryptedData.Decode(proof.Value).Cipher.Span, out var time)) return Error(KerberosErrorCode.KDC_ERR_PREAUTH_FAILED);
            if ((PaEncTimestamp.Decode(time).Time - Now).Duration() > TimeSpan.FromMinutes(5)) return Error(KerberosErrorCode.KRB_AP_ERR_SKEW);
        }

        var isAsked = VouchesForRequests && request.PreAuthData!.Any(p => p.Type == PreAuthType.ReqEncPaRep);
        return Reply(MessageType.AsRep, request.Body, new KerberosPrincipal(Alice.Name, request.Body.Realm), AliceKey, KeyUsage.AsRepEncPart, Now + Lifetime, isAsked ? encoded : default(ReadOnlyMemory<byte>?));
    }

    private byte[] AnswerGrant(KdcReq request, ReadOnlyMemory<byte> body)
    {
        var call = ApReq.Decode(request.PreAuthData!.Single(p => p.Type == PreAuthType.TgsReq).Value);
        if (!_grantingKeys.TryGetValue(Convert.ToHexString(call.Ticket.EncPart.Cipher.Span), out var sessionKey)) return Error(KerberosErrorCode.KRB_AP_ERR_BAD_INTEGRITY);
        Assert.True(sessionKey.Key.TryOpen(KeyUsage.TgsReqAuthenticator, call.Authenticator.Cipher.Span, out var opened));
        var authenticator = Authenticator.Decode(opened);
        Assert.True(sessionKey.Key.VerifyChecksum(KeyUsage.TgsReqAuthenticatorChecksum, body.Span, authenticator.Checksum!.Value.Span));
        if ((authenticator.ClientTime - Now).Duration() > TimeSpan.FromMinutes(5)) return Error(KerberosErrorCode.KRB_AP_ERR_SKEW);
        var subkey = new Subkey(authenticator.Subkey!.Type, authenticator.Subkey.Value.Span);
        if (Grants(request.Body) is not { } name) return Error(KerberosErrorCode.KDC_ERR_S_PRINCIPAL_UNKNOWN);
        Assert.Equal(request.Body.Realm, sessionKey.Realm);
        var granted = request.Body with { ServiceName = name };
        var end = request.Body.Till < Now + Lifetime ? request.Body.Till : Now + Lifetime;
        return SealsWithSessionKey
            ? Reply(MessageType.TgsRep, granted, authenticator.Client, sessionKey.Key, KeyUsage.TgsRepEncPartSessionKey, end)
            : Reply(MessageType.TgsRep, granted, authenticator.Client, subkey, KeyUsage.TgsRepEncPartSubkey, end);
    }

    private byte[] Reply(MessageType type, KdcReqBody body, KerberosPrincipal client, KerberosKey key, KeyUsage usage, KerberosTime end, ReadOnlyMemory<byte>? vouchedFor = null)
    {
        var isChanged = type == Changed;
        var sessionKey = TicketSessionKey.Generate(body.EncryptionTypes[0]);
        var service = new KerberosPrincipal(body.ServiceName!, body.Realm);
        var start = new KerberosTime(Now.WholeSeconds);
        var part = new EncKdcRepPart(
            type, new EncryptionKey(sessionKey.Type, sessionKey.Bytes.ToArray()), [], body.Nonce, TicketFlags.Initial, start, start, new KerberosTime(end.WholeSeconds), service);
        var ticket = new Ticket(body.Realm, body.ServiceName!, new EncryptedData(EncryptionType.Aes256CtsHmacSha1, 1, RandomNumberGenerator.GetBytes(100)));
        if (service.Components is ["krbtgt", var realm]) _grantingKeys[Convert.ToHexString(ticket.EncPart.Cipher.Span)] = (realm, sessionKey);
        if (vouchedFor is { } seen)
            part = part with { Flags = part.Flags | TicketFlags.EncPaRep, EncryptedPreAuthData = [new PreAuthData(PreAuthType.ReqEncPaRep, Vouch(key, seen.Span))] };
        if (isChanged) (part, key) = (Part(part), SealWith(key));
        var plaintext = isChanged ? Plaintext(part.Encode()) : part.Encode();
        var rep = new KdcRep(type, client, ticket, new EncryptedData(key.Type, null, key.Seal(usage, plaintext)));
        return isChanged ? Bytes(Rep(rep).Encode()) : rep.Encode();
    }
}
