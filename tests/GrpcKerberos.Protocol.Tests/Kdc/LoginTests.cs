using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>Logins by keytab and password against the embedded KDC.</summary>
public sealed class LoginTests : RealmTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1465)]
    public async Task KeytabLogin_RealKdc_Ticket(int udpLimit)
    {
        var client = Client(Config with { UdpPreferenceLimit = udpLimit });
        Assert.Equal(Alice.Principal, (await GetAsync(Login(client), client)).Client);
    }

    [Fact]
    public async Task KeytabLogin_TermsOfKrb5Conf_AskedFor()
    {
        var kdc = new FakeKdc(Time);
        var config = new Krb5Config { TicketLifetime = TimeSpan.FromHours(2), RenewLifetime = TimeSpan.FromDays(7), Forwardable = true };
        Assert.Equal((KdcOptions.None, 0, null), await BodyAsync(LoginTerms.Of(Krb5Config.Empty)));
        Assert.Equal((KdcOptions.None, 0, null), await BodyAsync(LoginTerms.Of(new Krb5Config { TicketLifetime = TimeSpan.Zero, RenewLifetime = TimeSpan.Zero })));
        var now = Time.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal((KdcOptions.Forwardable | KdcOptions.Renewable, now + 7200, now + (7 * 86400)), await BodyAsync(LoginTerms.Of(config)));

        async Task<(KdcOptions, long, long?)> BodyAsync(LoginTerms terms)
        {
            var locator = new KdcLocator(Krb5Config.Empty, "TEST.LOCAL", [new KdcAddress("dc1.test.local")]);
            var client = new KdcClient(locator, kdc, EncryptionTypeList.Default, TimeSpan.FromSeconds(10), Time, terms: terms);
            using var login = kdc.Login(client);
            await login.GetGrantingTicketAsync(CancellationToken.None);
            var body = kdc.Requests[^1].Request.Body;
            return (body.Options, body.Till.WholeSeconds.ToUnixTimeSeconds(), body.RenewTill?.WholeSeconds.ToUnixTimeSeconds());
        }
    }

    [Fact]
    public async Task Login_TermsOfTheRealmsKrb5Conf_TicketOfThatLength()
    {
        var client = Client(Config with { TicketLifetime = TimeSpan.FromHours(2) });
        using var login = Login(client);
        Assert.Equal(Time.GetUtcNow() + TimeSpan.FromHours(2), (await login.GetGrantingTicketAsync(CancellationToken.None)).Ends.WholeSeconds);
    }

    [Fact]
    public async Task KeytabLogin_KeyRotatedBetweenLogins_NewKeytabIsRead()
    {
        var client = Client(Config);
        using var login = Login(client);
        var first = await login.GetGrantingTicketAsync(CancellationToken.None);
        Alice.RotateKey();
        Time.Advance(TimeSpan.FromHours(11));
        var second = await login.GetGrantingTicketAsync(CancellationToken.None);
        Assert.True(second.Ends > first.Ends);
    }

    [Fact]
    public async Task KeytabLogin_KeytabOlderThanTheAccount_PreauthenticationFailed()
    {
        var old = KeytabLoader.Load(Alice.Keytab);
        Alice.RotateKey();
        var client = Client(Config);
        var e = await ThrowsAsync(new KeytabLogin(null, _ => new(old), "/old.keytab", client), client);
        Assert.Equal(KerberosError.PreauthenticationFailed, e.Error);
        Assert.Contains($"KDC {Realm.Kdc} refused the key of alice@TEST.LOCAL (KDC_ERR_PREAUTH_FAILED, 24); /old.keytab has kvno 1, ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeytabLogin_KeyRefused_IsShownTwiceThenEverLessUntilTheKeytabChanges()
    {
        var keytab = KeytabLoader.Load(Alice.Keytab);
        Alice.RotateKey();
        var client = Client(Config);
        using var login = new KeytabLogin(null, _ => new(keytab), "/old.keytab", client);
        var asked = "";
        foreach (var seconds in new[] { 0, 0, 0, 9, 1, 19, 1, 39, 1, 600 })
        {
            Time.Advance(TimeSpan.FromSeconds(seconds));
            var before = Realm.RequestCount;
            var e = await Assert.ThrowsAsync<KerberosException>(async () => await login.GetGrantingTicketAsync(CancellationToken.None));
            Assert.Equal(KerberosError.PreauthenticationFailed, e.Error);
            Assert.Contains("/old.keytab has kvno 1, ", e.Message, StringComparison.Ordinal);
            asked += Realm.RequestCount > before ? 'x' : '-';
        }

        Assert.Equal("xx--x-x-xx", asked);

        keytab = KeytabLoader.Load(Alice.Keytab);
        Assert.Equal(Alice.Principal, (await login.GetGrantingTicketAsync(CancellationToken.None)).Client);
    }

    /// <summary>Nobody proves a refusal: who forges one on the way must not hold a good key off for long.</summary>
    [Fact]
    public async Task KeytabLogin_RefusalForged_GoodKeyIsHeldForTwoMinutesAtMost()
    {
        using var login = new KeytabLogin(null, _ => new(KeytabLoader.Load(Alice.Keytab)), "/alice.keytab", Client(Config));
        Realm.Fault = KdcFault.PreauthenticationFailed;
        for (var i = 0; i < 20; i++)
        {
            Time.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal(KerberosError.PreauthenticationFailed, (await Assert.ThrowsAsync<KerberosException>(async () => await login.GetGrantingTicketAsync(CancellationToken.None))).Error);
        }

        Realm.Fault = KdcFault.None;
        Time.Advance(TimeSpan.FromSeconds(119));
        await Assert.ThrowsAsync<KerberosException>(async () => await login.GetGrantingTicketAsync(CancellationToken.None));
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Alice.Principal, (await login.GetGrantingTicketAsync(CancellationToken.None)).Client);
    }

    /// <summary>A clock that is set back holds no key for longer than one that is not.</summary>
    [Fact]
    public async Task KeytabLogin_KeyRefused_ClockSetBack_IsShownAgain()
    {
        using var login = new KeytabLogin(null, _ => new(KeytabLoader.Load(Alice.Keytab)), "/alice.keytab", Client(Config));
        Realm.Fault = KdcFault.PreauthenticationFailed;
        for (var i = 0; i < 3; i++) await Assert.ThrowsAsync<KerberosException>(async () => await login.GetGrantingTicketAsync(CancellationToken.None));
        Realm.Fault = KdcFault.None;
        await Assert.ThrowsAsync<KerberosException>(async () => await login.GetGrantingTicketAsync(CancellationToken.None));

        Time.Set(Time.GetUtcNow() - TimeSpan.FromHours(1));

        Assert.Equal(Alice.Principal, (await login.GetGrantingTicketAsync(CancellationToken.None)).Client);
    }

    [Fact]
    public async Task KeytabLogin_PrincipalNotInKeytab_KeytabUnusableNamesWhatIs()
    {
        var client = Client(Config);
        var bob = KerberosPrincipal.Parse("bob@TEST.LOCAL");
        var e = await ThrowsAsync(new KeytabLogin(bob, _ => new(KeytabLoader.Load(Alice.Keytab)), "/a.keytab", client), client);
        Assert.Equal(KerberosError.KeytabUnusable, e.Error);
        Assert.Equal("Keytab /a.keytab has no key for bob@TEST.LOCAL; it has alice@TEST.LOCAL. Next: set Principal to a name it holds, or export it again.", e.Message);
    }

    [Fact]
    public async Task KeytabLogin_NoKeyOfAPermittedType_KeytabUnusable()
    {
        var client = Client(Config);
        var keytab = new Keytab([new KeytabEntry(Alice.Principal, 1, EncryptionType.Rc4Hmac, null)]);
        var e = await ThrowsAsync(new KeytabLogin(null, _ => new(keytab), "/a.keytab", client), client);
        Assert.Equal(KerberosError.KeytabUnusable, e.Error);
        Assert.Contains("all keys of alice@TEST.LOCAL are arcfour-hmac (23), which is off. Next: give the account AES keys", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PasswordLogin_RightAndWrong_TicketAndPreauthenticationFailed()
    {
        var client = Client(Config);
        Assert.Equal(Service.Principal, (await GetAsync(new PasswordLogin(Alice.Principal, "secret", client), client)).Service);
        var e = await ThrowsAsync(new PasswordLogin(Alice.Principal, "Secret", client), client);
        Assert.Equal(KerberosError.PreauthenticationFailed, e.Error);
        Assert.DoesNotContain("Secret", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KdcFault.ServiceUnknown, KerberosError.ServiceUnknown)]
    [InlineData(KdcFault.PreauthenticationFailed, KerberosError.PreauthenticationFailed)]
    [InlineData(KdcFault.EncryptionTypeUnsupported, KerberosError.EncryptionTypeRefused)]
    [InlineData(KdcFault.WrongNonce, KerberosError.KdcRefused)]
    [InlineData(KdcFault.WrongKey, KerberosError.KdcRefused)]
    [InlineData(KdcFault.Unreachable, KerberosError.KdcUnreachable)]
    public async Task GetAsync_FaultOfTheKdc_ItsErrorAndWellAfterwards(KdcFault fault, KerberosError error)
    {
        var client = Client(Config);
        using var source = new TicketSource(Login(client), client, Time);
        Realm.Fault = fault;
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await source.GetAsync(Service.Principal, CancellationToken.None));
        Assert.Equal(error, e.Error);
        Realm.Fault = KdcFault.None;
        Assert.Equal(Service.Principal, (await source.GetAsync(Service.Principal, CancellationToken.None)).Service);
    }

    [Theory]
    [InlineData(KdcFault.ClockAhead)]
    [InlineData(KdcFault.ClockBehind)]
    public async Task GetAsync_KdcClockWrong_CorrectedByTheKdcsTime(KdcFault fault)
    {
        var client = Client(Config);
        Realm.Fault = fault;
        Assert.Equal(Service.Principal, (await GetAsync(Login(client), client)).Service);
    }

    [Fact]
    public void Create_NoPermittedTypeWithCode_ConfigurationInvalid()
    {
        Client(Config with { PermittedEncryptionTypes = [EncryptionType.Rc4Hmac, EncryptionType.Aes128CtsHmacSha1] });
        var e = Assert.Throws<KerberosException>(() => Client(Config with { PermittedEncryptionTypes = [EncryptionType.Rc4Hmac] }));
        Assert.Equal(KerberosError.ConfigurationInvalid, e.Error);
    }
}
