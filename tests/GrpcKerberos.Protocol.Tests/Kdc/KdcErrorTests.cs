using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>KRB-ERRORs and what they mean to the client.</summary>
public sealed class KdcErrorTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeKdc _kdc;

    public KdcErrorTests() => _kdc = new FakeKdc(_time);

    [Theory]
    [InlineData(KerberosErrorCode.KDC_ERR_C_PRINCIPAL_UNKNOWN, KerberosError.ClientUnknown, "TEST.LOCAL knows no client alice (KDC_ERR_C_PRINCIPAL_UNKNOWN, 6). Next: in Active Directory")]
    [InlineData(
        KerberosErrorCode.KDC_ERR_PREAUTH_FAILED, KerberosError.PreauthenticationFailed,
        "KDC dc1.test.local:88 refused the key of alice@TEST.LOCAL (KDC_ERR_PREAUTH_FAILED, 24); /run/secrets/alice.keytab has kvno 2, aes256-cts-hmac-sha1-96. "
        + "Next: the password changed after the export, or it was made with another salt: export it again.")]
    [InlineData(
        KerberosErrorCode.KDC_ERR_ETYPE_NOSUPP, KerberosError.EncryptionTypeRefused,
        "The KDC supports none of aes256-cts-hmac-sha1-96, aes256-cts-hmac-sha384-192, aes128-cts-hmac-sha256-128, aes128-cts-hmac-sha1-96 for alice, and we offer no other. Next: enable AES")]
    [InlineData(KerberosErrorCode.KDC_ERR_CLIENT_REVOKED, KerberosError.KdcRefused, "KDC dc1.test.local:88 refused the login of alice@TEST.LOCAL (KDC_ERR_CLIENT_REVOKED, 18). Next: the account is disabled")]
    [InlineData(KerberosErrorCode.KDC_ERR_KEY_EXPIRED, KerberosError.KdcRefused, "(KDC_ERR_KEY_EXPIRED, 23). Next: its password has expired")]
    [InlineData(KerberosErrorCode.KDC_ERR_POLICY, KerberosError.KdcRefused, "(KDC_ERR_POLICY, 12). Next: the KDC's log has the reason.")]
    [InlineData((KerberosErrorCode)4711, KerberosError.KdcRefused, "(error 4711). Next:")]
    internal async Task LoginAsync_Refused_ErrorAndText(KerberosErrorCode code, KerberosError error, string text)
    {
        await GetAsync();
        _kdc.Intercept = (request, _) => Answer(request.Type == MessageType.AsReq, code);
        await ThrowsAsync(error, text);
    }

    [Theory]
    [InlineData(
        KerberosErrorCode.KDC_ERR_S_PRINCIPAL_UNKNOWN, KerberosError.ServiceUnknown,
        "TEST.LOCAL knows no service HTTP/orders.test.local (KDC_ERR_S_PRINCIPAL_UNKNOWN, 7). Next: use the host name it is registered by, set ServicePrincipal, or register it")]
    [InlineData(KerberosErrorCode.KDC_ERR_C_PRINCIPAL_UNKNOWN, KerberosError.ClientUnknown, "knows no client alice")]
    [InlineData(KerberosErrorCode.KDC_ERR_ETYPE_NOSUPP, KerberosError.EncryptionTypeRefused, "for HTTP/orders.test.local, and we offer no other")]
    [InlineData(KerberosErrorCode.KRB_AP_ERR_TKT_EXPIRED, KerberosError.TicketExpired, "judged our ticket-granting ticket expired; by our clock it ends 2026-11-22T21:00:00Z")]
    [InlineData(KerberosErrorCode.KRB_AP_ERR_BAD_INTEGRITY, KerberosError.TicketRefused, "does not take our ticket-granting ticket (KRB_AP_ERR_BAD_INTEGRITY, 31)")]
    [InlineData(KerberosErrorCode.KDC_ERR_POLICY, KerberosError.KdcRefused, "KDC dc1.test.local:88 refused a ticket for HTTP/orders.test.local@TEST.LOCAL (KDC_ERR_POLICY, 12)")]
    internal async Task GetServiceTicketAsync_Refused_ErrorAndText(KerberosErrorCode code, KerberosError error, string text)
    {
        await GetAsync();
        _kdc.Intercept = (request, _) => Answer(request.Type == MessageType.TgsReq, code);
        await ThrowsAsync(error, text);
    }

    [Theory]
    [InlineData(-20)]
    [InlineData(20)]
    public async Task GetAsync_KdcClockDiffers_CorrectedOnceAndKept(int minutes)
    {
        _kdc.ClockOffset = TimeSpan.FromMinutes(minutes);
        var offsets = new List<TimeSpan>();
        var client = FakeKdc.ClientOf(_kdc, _time, new KdcEvents { ClockCorrected = (offset, _) => offsets.Add(offset) });
        using var source = new TicketSource(_kdc.Login(client), client, _time);
        await source.GetAsync(FakeKdc.Service, CancellationToken.None);
        Assert.Equal([TimeSpan.FromMinutes(minutes)], offsets);
        // Without pre-authentication, refused for the clock, corrected; then the ticket at once, with the offset known.
        Assert.Equal((3, 1), (_kdc.Logins, _kdc.Granted));
    }

    [Fact]
    public async Task LoginAsync_SkewAfterCorrection_ClockSkew()
    {
        await GetAsync();
        _kdc.ClockOffset = new TimeSpan(0, 7, 12);
        _kdc.Intercept = (request, _) => Answer(FakeKdc.IsProved(request), KerberosErrorCode.KRB_AP_ERR_SKEW);
        await ThrowsAsync(KerberosError.ClockSkew, "This host's clock is 7 min 12 s behind dc1.test.local (limit 5 min), also after one correction. Next: set the clock");
    }

    [Fact]
    public async Task GetServiceTicketAsync_SkewAfterCorrection_ClockSkewAfterTwoRequests()
    {
        await GetAsync();
        var before = _kdc.Granted;
        _kdc.Intercept = (request, _) => _kdc.Granted - before > 2
            ? throw new InvalidOperationException("asked a third time")
            : Answer(request.Type == MessageType.TgsReq, KerberosErrorCode.KRB_AP_ERR_SKEW);
        await ThrowsAsync(KerberosError.ClockSkew, "also after one correction");
        Assert.Equal(2, _kdc.Granted - before);
    }

    [Fact]
    public async Task GetServiceTicketAsync_SkewToATimeAfterTheTicketsEnd_NoAuthenticatorMadeForIt()
    {
        var client = FakeKdc.ClientOf(_kdc, _time);
        using var source = new TicketSource(_kdc.Login(client), client, _time);
        await source.GetAsync(FakeKdc.Service, CancellationToken.None);
        _kdc.Intercept = (request, _) =>
        {
            _kdc.ClockOffset = TimeSpan.FromHours(11);
            return Answer(request.Type == MessageType.TgsReq, KerberosErrorCode.KRB_AP_ERR_SKEW);
        };
        var before = _kdc.Granted;
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await source.GetAsync(KerberosPrincipal.Parse("HTTP/b@TEST.LOCAL"), CancellationToken.None));
        Assert.Equal(KerberosError.ClockSkew, e.Error);
        Assert.Equal(1, _kdc.Granted - before);
    }

    [Fact]
    public async Task LoginAsync_NoPreAuthentication_ClockLearntFromTheSealedReply()
    {
        _kdc.RequiresPreAuthentication = false;
        _kdc.ClockOffset = TimeSpan.FromHours(-3);
        await GetAsync();
        Assert.Equal(1, _kdc.Logins);
    }

    [Fact]
    public async Task LoginAsync_NoPreAuthenticationAndOtherKey_PreauthenticationFailed()
    {
        _kdc.RequiresPreAuthentication = false;
        await GetAsync();
        _kdc.SealWith = static key => LongTermKey.Generate(key.Type);
        await ThrowsAsync(KerberosError.PreauthenticationFailed, "does not open with the key of alice@TEST.LOCAL; /run/secrets/alice.keytab has kvno 2");
    }

    [Fact]
    public async Task LoginAsync_HintsOfPassword_KdcsFirstChoiceWithItsSaltAndIterations()
    {
        var parameters = new byte[] { 0, 0, 0, 9 };
        var expected = LongTermKey.FromPassword(EncryptionType.Aes128CtsHmacSha1, "secret", "other salt", parameters);
        _kdc.AliceKey = expected;
        var hints = FakeKdc.MethodData(
            new EtypeInfo2Entry(EncryptionType.Rc4Hmac), new EtypeInfo2Entry(EncryptionType.Aes128CtsHmacSha1, "other salt", parameters), new EtypeInfo2Entry(EncryptionType.Aes256CtsHmacSha384));
        _kdc.Intercept = (request, _) => Answer(request.Type == MessageType.AsReq && !FakeKdc.IsProved(request), KerberosErrorCode.KDC_ERR_PREAUTH_REQUIRED, hints);
        var client = FakeKdc.ClientOf(_kdc, _time);
        using var login = new PasswordLogin(FakeKdc.Alice, "secret", client);
        Assert.Equal(FakeKdc.Alice, (await login.GetGrantingTicketAsync(CancellationToken.None)).Client);
        Assert.Equal(2, _kdc.Logins);
    }

    [Fact]
    public Task LoginAsync_HintsOfOtherTypesAlone_EncryptionTypeRefused() =>
        HintedAsync(FakeKdc.MethodData(new EtypeInfo2Entry(EncryptionType.Rc4Hmac)), KerberosError.EncryptionTypeRefused, "for alice, and we offer no other");

    [Fact]
    public Task LoginAsync_HintOfTypeTheKeytabLacks_KeytabUnusable() => HintedAsync(
        FakeKdc.MethodData(new EtypeInfo2Entry(EncryptionType.Aes128CtsHmacSha256)), KerberosError.KeytabUnusable,
        "Keytab /run/secrets/alice.keytab has no aes128-cts-hmac-sha256-128 key for alice@TEST.LOCAL; it has kvno 2, aes256-cts-hmac-sha1-96.");

    [Fact]
    public Task LoginAsync_NoEncryptedTimestampAmongMethods_KdcRefused() => HintedAsync(
        PreAuthData.EncodeMethodData([new PreAuthData((PreAuthType)16, ReadOnlyMemory<byte>.Empty)]), KerberosError.KdcRefused, "encrypted timestamp is not among its methods");

    [Fact]
    public Task LoginAsync_MethodDataMalformed_KdcRefused() => HintedAsync([0x30, 0x05, 0x01], KerberosError.KdcRefused, "in its METHOD-DATA");

    [Fact]
    public async Task LoginAsync_PreAuthenticationRequiredAgain_KdcRefused()
    {
        await GetAsync();
        _kdc.Intercept = (request, _) => Answer(FakeKdc.IsProved(request), KerberosErrorCode.KDC_ERR_PREAUTH_REQUIRED);
        await ThrowsAsync(KerberosError.KdcRefused, "(KDC_ERR_PREAUTH_REQUIRED, 25)");
    }

    [Fact]
    public async Task FindAsync_RealmUnknown_KdcUnreachable()
    {
        var locator = new KdcLocator(Krb5Config.Empty with { Files = ["/etc/krb5.conf"] });
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await locator.FindAsync("CORP.EXAMPLE", CancellationToken.None));
        Assert.Equal(KerberosError.KdcUnreachable, e.Error);
        Assert.Equal("No KDC is known for CORP.EXAMPLE: /etc/krb5.conf names none. Next: add it to [realms], or set KerberosClientOptions.Kdcs.", e.Message);
    }

    private async Task HintedAsync(byte[] methodData, KerberosError error, string text)
    {
        await GetAsync();
        _kdc.Intercept = (request, _) => Answer(request.Type == MessageType.AsReq, KerberosErrorCode.KDC_ERR_PREAUTH_REQUIRED, methodData);
        await ThrowsAsync(error, text);
    }

    private ValueTask<byte[]?> Answer(bool applies, KerberosErrorCode code, byte[]? data = null) => new(applies ? _kdc.Error(code, data) : null);

    private async Task ThrowsAsync(KerberosError error, string text)
    {
        var e = await Assert.ThrowsAsync<KerberosException>(GetAsync);
        Assert.Contains(text, e.Message, StringComparison.Ordinal);
        Assert.Contains("Next: ", e.Message, StringComparison.Ordinal);
        Assert.Equal(error, e.Error);
    }

    private async Task GetAsync()
    {
        var client = FakeKdc.ClientOf(_kdc, _time);
        using var source = new TicketSource(_kdc.Login(client), client, _time);
        await source.GetAsync(FakeKdc.Service, CancellationToken.None);
    }
}
