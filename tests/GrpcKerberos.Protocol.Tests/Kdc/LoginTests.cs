using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Testing;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>Logins against the embedded KDC, with its real keytabs, ccaches and krb5.conf.</summary>
public sealed class LoginTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private TestRealm _realm = null!;
    private TestAccount _alice = null!;
    private TestAccount _service = null!;

    public async Task InitializeAsync()
    {
        _realm = await TestRealm.StartAsync(configure: o => o.TimeProvider = _time);
        _alice = _realm.AddUser("alice", o => o.Password = "secret");
        _service = _realm.AddService("HTTP/localhost");
    }

    public Task DisposeAsync() => _realm.DisposeAsync().AsTask();

    [Theory]
    [InlineData(0)]
    [InlineData(1465)]
    public async Task KeytabLogin_RealKdc_Ticket(int udpLimit)
    {
        var client = Client(Config with { UdpPreferenceLimit = udpLimit });
        Assert.Equal(_alice.Principal, (await GetAsync(Login(client), client)).Client);
    }

    [Fact]
    public async Task KeytabLogin_KeyRotatedBetweenLogins_NewKeytabIsRead()
    {
        var client = Client(Config);
        using var login = Login(client);
        var first = await login.GetGrantingTicketAsync(CancellationToken.None);
        _alice.RotateKey();
        _time.Advance(TimeSpan.FromHours(11));
        var second = await login.GetGrantingTicketAsync(CancellationToken.None);
        Assert.True(second.Ends > first.Ends);
    }

    [Fact]
    public async Task KeytabLogin_KeytabOlderThanTheAccount_PreauthenticationFailed()
    {
        var old = KeytabLoader.Load(_alice.Keytab);
        _alice.RotateKey();
        var client = Client(Config);
        var e = await ThrowsAsync(new KeytabLogin(null, _ => new(old), "/old.keytab", client), client);
        Assert.Equal(KerberosError.PreauthenticationFailed, e.Error);
        Assert.Contains($"KDC {_realm.Kdc} refused the key of alice@TEST.LOCAL (KDC_ERR_PREAUTH_FAILED, 24); /old.keytab has kvno 1, ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeytabLogin_PrincipalNotInKeytab_KeytabUnusableNamesWhatIs()
    {
        var client = Client(Config);
        var bob = KerberosPrincipal.Parse("bob@TEST.LOCAL");
        var e = await ThrowsAsync(new KeytabLogin(bob, _ => new(KeytabLoader.Load(_alice.Keytab)), "/a.keytab", client), client);
        Assert.Equal(KerberosError.KeytabUnusable, e.Error);
        Assert.Equal("Keytab /a.keytab has no key for bob@TEST.LOCAL; it has alice@TEST.LOCAL. Next: set Principal to a name it holds, or export it again.", e.Message);
    }

    [Fact]
    public async Task KeytabLogin_NoKeyOfAPermittedType_KeytabUnusable()
    {
        var client = Client(Config);
        var keytab = new Keytab([new KeytabEntry(_alice.Principal, 1, EncryptionType.Rc4Hmac, null)]);
        var e = await ThrowsAsync(new KeytabLogin(null, _ => new(keytab), "/a.keytab", client), client);
        Assert.Equal(KerberosError.KeytabUnusable, e.Error);
        Assert.Contains("all keys of alice@TEST.LOCAL are arcfour-hmac (23), which is off. Next: give the account AES keys", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PasswordLogin_RightAndWrong_TicketAndPreauthenticationFailed()
    {
        var client = Client(Config);
        Assert.Equal(_service.Principal, (await GetAsync(new PasswordLogin(_alice.Principal, "secret", client), client)).Service);
        var e = await ThrowsAsync(new PasswordLogin(_alice.Principal, "Secret", client), client);
        Assert.Equal(KerberosError.PreauthenticationFailed, e.Error);
        Assert.DoesNotContain("Secret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CacheLogin_AfterKinit_TicketByTheCachesTicket()
    {
        var path = await _alice.LoginAsync();
        var client = Client(Config);
        Assert.Equal(_alice.Principal, (await GetAsync(Cache(path), client)).Client);
        Assert.Equal(1, _realm.RequestCount);
    }

    [Fact]
    public async Task CacheLogin_ServiceTicketInCache_NoKdcAsked()
    {
        var ticket = _realm.IssueTicket(_alice.Principal, _service.Principal);
        var path = Path.Combine(_realm.Directory, "service.ccache");
        CredentialCacheFile.Save(new CredentialCache(_alice.Principal, [ticket]), path);
        var client = Client(Config);
        Assert.Equal(ticket.Ends, (await GetAsync(Cache(path), client)).Ends);
        Assert.Equal(0, _realm.RequestCount);
    }

    [Fact]
    public async Task CacheLogin_ServiceTicketOfCacheRefused_FetchedFromTheKdc()
    {
        var path = await _alice.LoginAsync();
        var cache = CredentialCacheFile.Load(new FileLocation(path));
        var standing = _realm.IssueTicket(_alice.Principal, _service.Principal);
        CredentialCacheFile.Save(new CredentialCache(_alice.Principal, [.. cache.Tickets, standing]), path);
        var client = Client(Config);
        using var source = new TicketSource(Cache(path), client, _time);
        var first = await source.GetAsync(_service.Principal, CancellationToken.None);
        source.Forget(first);
        var second = await source.GetAsync(_service.Principal, CancellationToken.None);
        Assert.False(first.Ticket.Encoded.Span.SequenceEqual(second.Ticket.Encoded.Span));
        Assert.Equal(1, _realm.RequestCount);
    }

    [Fact]
    public async Task CacheLogin_Expired_CredentialsExpiredSaysSince()
    {
        var path = await _alice.LoginAsync();
        var ends = _time.GetUtcNow() + TimeSpan.FromHours(10);
        _time.Advance(new TimeSpan(12, 10, 0));
        var client = Client(Config);
        var e = await ThrowsAsync(Cache(path), client);
        Assert.Equal(KerberosError.CredentialsExpired, e.Error);
        Assert.Equal(
            $"The ticket of alice@TEST.LOCAL in FILE:{path} expired at {ends:yyyy-MM-dd'T'HH:mm:ss'Z'}, 2 h 10 min ago. Next: run kinit. A service should use a keytab: it renews by itself.",
            e.Message);
    }

    [Fact]
    public async Task CacheLogin_FileOfAnotherUserPutInPlace_ItsTicketsFromThenOn()
    {
        var path = await _alice.LoginAsync();
        var client = Client(Config);
        using var source = new TicketSource(Cache(path), client, _time);
        Assert.Equal(_alice.Principal, (await source.GetAsync(_service.Principal, CancellationToken.None)).Client);
        var bob = _realm.AddUser("bob");
        File.Move(await bob.LoginAsync(), path, overwrite: true);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(bob.Principal, (await source.GetAsync(_service.Principal, CancellationToken.None)).Client);
    }

    [Fact]
    public async Task CacheLogin_FileDestroyed_NoCredentials()
    {
        var path = await _alice.LoginAsync();
        var client = Client(Config);
        using var source = new TicketSource(Cache(path), client, _time);
        await source.GetAsync(_service.Principal, CancellationToken.None);
        File.Delete(path);
        _time.Advance(TimeSpan.FromSeconds(2));
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await source.GetAsync(_service.Principal, CancellationToken.None));
        Assert.Equal(KerberosError.NoCredentials, e.Error);
    }

    [Fact]
    public async Task CacheLogin_FileMetHalfWritten_WhatWasReadStays()
    {
        var path = await _alice.LoginAsync();
        var client = Client(Config);
        using var source = new TicketSource(Cache(path), client, _time);
        await source.GetAsync(_service.Principal, CancellationToken.None);
        var whole = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, whole[..40]);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(_alice.Principal, (await source.GetAsync(KerberosPrincipal.Parse("HTTP/localhost@TEST.LOCAL"), CancellationToken.None)).Client);
    }

    [Fact]
    public async Task DefaultLogin_LiveCache_TheCache()
    {
        var client = Client(Config);
        var bob = _realm.AddUser("bob");
        var login = new DefaultLogin(Cache(await bob.LoginAsync()), Login(client));
        Assert.Equal(bob.Principal, (await GetAsync(login, client)).Client);
    }

    [Fact]
    public async Task DefaultLogin_CacheAbsentOrExpired_TheKeytab()
    {
        var client = Client(Config);
        Assert.Equal(_alice.Principal, (await GetAsync(new DefaultLogin(Cache("/nowhere/cc"), Login(client)), client)).Client);
        var bob = _realm.AddUser("bob");
        var expired = await bob.LoginAsync();
        _time.Advance(TimeSpan.FromHours(11));
        Assert.Equal(_alice.Principal, (await GetAsync(new DefaultLogin(Cache(expired), Login(client)), client)).Client);
    }

    [Fact]
    public async Task DefaultLogin_NeitherCacheNorKeytab_NoCredentials()
    {
        var client = Client(Config);
        var e = await ThrowsAsync(new DefaultLogin(Cache("/nowhere/cc"), null), client);
        Assert.Equal(KerberosError.NoCredentials, e.Error);
        Assert.Equal("No Kerberos credentials: FILE:/nowhere/cc does not exist and no keytab is set. Next: run kinit, or set KerberosClientOptions.Keytab (KRB5_CLIENT_KTNAME).", e.Message);
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
        using var source = new TicketSource(Login(client), client, _time);
        _realm.Fault = fault;
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await source.GetAsync(_service.Principal, CancellationToken.None));
        Assert.Equal(error, e.Error);
        _realm.Fault = KdcFault.None;
        Assert.Equal(_service.Principal, (await source.GetAsync(_service.Principal, CancellationToken.None)).Service);
    }

    [Theory]
    [InlineData(KdcFault.ClockAhead)]
    [InlineData(KdcFault.ClockBehind)]
    public async Task GetAsync_KdcClockWrong_CorrectedByTheKdcsTime(KdcFault fault)
    {
        var client = Client(Config);
        _realm.Fault = fault;
        Assert.Equal(_service.Principal, (await GetAsync(Login(client), client)).Service);
    }

    [Fact]
    public void Create_NoPermittedTypeWithCode_ConfigurationInvalid()
    {
        Client(Config with { PermittedEncryptionTypes = [EncryptionType.Rc4Hmac, EncryptionType.Aes128CtsHmacSha1] });
        var e = Assert.Throws<KerberosException>(() => Client(Config with { PermittedEncryptionTypes = [EncryptionType.Rc4Hmac] }));
        Assert.Equal(KerberosError.ConfigurationInvalid, e.Error);
    }

    private Krb5Config Config => Krb5Config.Load(_realm.Krb5Config, static _ => null);

    private KdcClient Client(Krb5Config config) => KdcClient.Create(config, null, [], [], TimeSpan.FromSeconds(10), _time);

    private KeytabLogin Login(KdcClient client) => new(null, _ => new(KeytabLoader.Load(_alice.Keytab)), _alice.Keytab, client);

    private CacheLogin Cache(string path) => new(() => new FileLocation(path), _time);

    private async Task<ServiceTicket> GetAsync(ILogin login, KdcClient client)
    {
        using var source = new TicketSource(login, client, _time);
        return await source.GetAsync(_service.Principal, CancellationToken.None);
    }

    private Task<KerberosException> ThrowsAsync(ILogin login, KdcClient client) => Assert.ThrowsAsync<KerberosException>(() => GetAsync(login, client));
}
