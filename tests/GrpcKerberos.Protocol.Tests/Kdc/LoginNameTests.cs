using System.Security.Cryptography;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>The client's name and realm as the KDC has them, and its word for the request (RFC 6806 sections 6, 7 and 11).</summary>
public sealed class LoginNameTests
{
    private static readonly KerberosPrincipal s_proper = KerberosPrincipal.Parse("Alice.Adams@TEST.LOCAL");
    private static readonly KerberosPrincipal s_enterprise = KerberosPrincipal.Parse(@"alice\@corp.example@TEST.LOCAL");

    private readonly ManualTimeProvider _time = new();
    private readonly FakeKdc _kdc;

    public LoginNameTests() => _kdc = new FakeKdc(_time);

    [Fact]
    public void Parse_NameWithAnAt_Enterprise() => Assert.Equal(
        (NameType.Enterprise, "alice@corp.example", NameType.Principal),
        (s_enterprise.Name.Type, s_enterprise.Components[0], FakeKdc.Alice.Name.Type));

    [Fact]
    public async Task LoginAsync_ProperNameAskedForAndProtected_TheProperName()
    {
        _kdc.Rep = static r => r with { Client = s_proper };
        var ticket = await LoginAsync(FakeKdc.Alice, canonicalize: true);
        Assert.Equal(s_proper, ticket.Client);
    }

    [Fact]
    public async Task LoginAsync_EnterpriseName_CanonicalizedUnasked()
    {
        _kdc.Rep = static r => r with { Client = s_proper };
        Assert.Equal(s_proper, (await LoginAsync(s_enterprise, canonicalize: false)).Client);
        Assert.All(_kdc.Requests, static r => Assert.Equal(NameType.Enterprise, r.Request.Body.ClientName!.Type));
    }

    [Fact]
    public Task LoginAsync_ProperNameNotAskedFor_Refused() =>
        RefusedAsync("another client than alice@TEST.LOCAL", canonicalize: false, () => _kdc.Rep = static r => r with { Client = s_proper });

    [Fact]
    public Task LoginAsync_ProperNameNotProtected_Refused() => RefusedAsync(
        "another client than alice@TEST.LOCAL", canonicalize: true, () => (_kdc.VouchesForRequests, _kdc.Rep) = (false, static r => r with { Client = s_proper }));

    [Fact]
    public Task LoginAsync_ProperNameInAnotherRealm_Refused() => RefusedAsync(
        "another client than alice@TEST.LOCAL", canonicalize: true, () => _kdc.Rep = static r => r with { Client = KerberosPrincipal.Parse("alice@EVIL.LOCAL") });

    [Fact]
    public async Task LoginAsync_RealmInItsProperCase_TicketOfThat()
    {
        var upper = KerberosPrincipal.TicketGrantingService("TEST.LOCAL");
        _kdc.Rep = r => r with { Client = FakeKdc.Alice, Ticket = new Ticket("TEST.LOCAL", upper.Name, r.Ticket.EncPart) };
        _kdc.Part = p => p with { Service = upper };
        var ticket = await LoginAsync(KerberosPrincipal.Parse("alice@test.local"), canonicalize: true);
        Assert.Equal((FakeKdc.Alice, upper), (ticket.Client, ticket.Service));
    }

    [Fact]
    public async Task LoginAsync_RealmInItsProperCaseAndServiceOfTheOther_Refused()
    {
        _kdc.Rep = static r => r with { Client = FakeKdc.Alice };
        var e = await Assert.ThrowsAsync<KerberosException>(() => LoginAsync(KerberosPrincipal.Parse("alice@test.local"), canonicalize: true));
        Assert.Contains("another service than", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task LoginAsync_WordForAnotherRequest_Refused() => RefusedAsync(
        "the checksum in it is not of our request", canonicalize: false, () => _kdc.Part = p => p with { EncryptedPreAuthData = [Word(_kdc.AliceKey, "another"u8)] });

    [Fact]
    public Task LoginAsync_WordUnderAnotherKey_Refused() => RefusedAsync(
        "the checksum in it is not of our request", canonicalize: false,
        () => _kdc.Part = static p => p with { EncryptedPreAuthData = [Word(LongTermKey.Generate(EncryptionType.Aes256CtsHmacSha1), "another"u8)] });

    [Fact]
    public Task LoginAsync_WordOfAnotherChecksumType_Refused() => RefusedAsync(
        "the checksum in it is not of our request", canonicalize: false,
        () => _kdc.Part = static p => p with { EncryptedPreAuthData = [Word(LongTermKey.Generate(EncryptionType.Aes256CtsHmacSha384), "another"u8)] });

    [Fact]
    public Task LoginAsync_WordPromisedAndAbsent_Refused() =>
        RefusedAsync("its flags promise a checksum of our request, and there is none", canonicalize: false, () => _kdc.Part = static p => p with { EncryptedPreAuthData = null });

    [Fact]
    public Task LoginAsync_WordMalformed_Refused() => RefusedAsync(
        "in its sealed part", canonicalize: false, () => _kdc.Part = static p => p with { EncryptedPreAuthData = [new PreAuthData(PreAuthType.ReqEncPaRep, RandomNumberGenerator.GetBytes(9))] });

    [Fact]
    public async Task LoginAsync_RequestChangedOnItsWay_Refused()
    {
        // Somebody takes all encryption types but the weakest out of the request.
        IKdcTransport middleman = new Middleman(_kdc, static r => new KdcReq(r.Type, r.Body with { EncryptionTypes = [r.Body.EncryptionTypes[^1]] }, r.PreAuthData));
        var e = await Assert.ThrowsAsync<KerberosException>(() => LoginAsync(FakeKdc.Alice, canonicalize: false, middleman));
        Assert.Contains("the checksum in it is not of our request", e.Message, StringComparison.Ordinal);
        _kdc.VouchesForRequests = false;
        await LoginAsync(FakeKdc.Alice, canonicalize: false, middleman);
    }

    [Fact]
    public async Task LoginAsync_SentToAnotherRealm_LogsInThere()
    {
        _kdc.Intercept = (request, _) => new(request.Body.Realm == "TEST.LOCAL" ? WrongRealm("C.TEST") : null);
        var ticket = await LoginAsync(FakeKdc.Alice, canonicalize: true);
        Assert.Equal(("alice@C.TEST", "krbtgt/C.TEST@C.TEST"), (ticket.Client.ToString(), ticket.Service.ToString()));
    }

    [Fact]
    public async Task LoginAsync_SentToAnotherRealmUnasked_Refused()
    {
        _kdc.Intercept = (_, _) => new(WrongRealm("C.TEST"));
        var e = await Assert.ThrowsAsync<KerberosException>(() => LoginAsync(FakeKdc.Alice, canonicalize: false));
        Assert.Equal(KerberosError.ClientUnknown, e.Error);
        Assert.Contains("(KDC_ERR_WRONG_REALM, 68)", e.Message, StringComparison.Ordinal);
        Assert.Equal(1, _kdc.Logins);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("TEST.LOCAL")]
    [InlineData("C\nTEST")]
    public async Task LoginAsync_SentToNoRealm_Refused(string? realm)
    {
        _kdc.Intercept = (_, _) => new(WrongRealm(realm));
        var e = await Assert.ThrowsAsync<KerberosException>(() => LoginAsync(FakeKdc.Alice, canonicalize: true));
        Assert.Equal(KerberosError.ClientUnknown, e.Error);
        Assert.Equal(1, _kdc.Logins);
    }

    [Fact]
    public async Task LoginAsync_SentInACircle_Refused()
    {
        _kdc.Intercept = (request, _) => new(WrongRealm(request.Body.Realm == "TEST.LOCAL" ? "C.TEST" : "TEST.LOCAL"));
        var e = await Assert.ThrowsAsync<KerberosException>(() => LoginAsync(FakeKdc.Alice, canonicalize: true));
        Assert.Equal((KerberosError.ClientUnknown, 2), (e.Error, _kdc.Logins));
        Assert.Contains("from realm to realm: TEST.LOCAL, C.TEST, and now TEST.LOCAL. Next: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoggedInAs_CanonicalizedName_TheNameAskedFor()
    {
        _kdc.Rep = static r => r with { Client = s_proper };
        var client = Client(canonicalize: true, _kdc);
        using ILogin login = _kdc.Login(client);
        await login.GetGrantingTicketAsync(CancellationToken.None);
        Assert.Equal((s_proper, true, false), (login.Client, login.LoggedInAs(FakeKdc.Alice), login.LoggedInAs(s_proper)));
    }

    private static PreAuthData Word(LongTermKey key, ReadOnlySpan<byte> request) => new(PreAuthType.ReqEncPaRep, FakeKdc.Vouch(key, request));

    private byte[] WrongRealm(string? realm) =>
        new KrbError(KerberosErrorCode.KDC_ERR_WRONG_REALM, new KerberosTime(_time.GetUtcNow()), KerberosPrincipal.TicketGrantingService("TEST.LOCAL"), ClientRealm: realm).Encode();

    private KdcClient Client(bool canonicalize, IKdcTransport transport) =>
        FakeKdc.ClientOf(transport, _time, Capaths.Empty, ["C.TEST", "test.local"], LoginTerms.Default with { Canonicalize = canonicalize });

    private async Task<ServiceTicket> LoginAsync(KerberosPrincipal name, bool canonicalize, IKdcTransport? transport = null)
    {
        var keys = KeytabKeys.Of(new Keytab([new KeytabEntry(name, 2, _kdc.AliceKey.Type, _kdc.AliceKey)]), name, "alice.keytab");
        return await Client(canonicalize, transport ?? _kdc).LoginAsync(name, keys, CancellationToken.None);
    }

    private async Task RefusedAsync(string text, bool canonicalize, Action change)
    {
        await LoginAsync(FakeKdc.Alice, canonicalize);
        change();
        var e = await Assert.ThrowsAsync<KerberosException>(() => LoginAsync(FakeKdc.Alice, canonicalize));
        Assert.Equal(KerberosError.KdcRefused, e.Error);
        Assert.Contains(text, e.Message, StringComparison.Ordinal);
        Assert.Contains("Next: ", e.Message, StringComparison.Ordinal);
    }

    private sealed class Middleman(FakeKdc kdc, Func<KdcReq, KdcReq> change) : IKdcTransport
    {
        public ValueTask<byte[]> ExchangeAsync(KdcAddress to, ReadOnlyMemory<byte> request, CancellationToken cancellationToken) =>
            kdc.ExchangeAsync(to, change(KdcReq.Decode(request, out _)).Encode(), cancellationToken);
    }
}
