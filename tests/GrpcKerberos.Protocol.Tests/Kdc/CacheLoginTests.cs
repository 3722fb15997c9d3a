using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>Logins by what kinit left, and by the client keytab where that is nothing.</summary>
public sealed class CacheLoginTests : RealmTests
{
    [Fact]
    public async Task CacheLogin_AfterKinit_TicketByTheCachesTicket()
    {
        var path = await Alice.LoginAsync();
        var client = Client(Config);
        Assert.Equal(Alice.Principal, (await GetAsync(Cache(path), client)).Client);
        Assert.Equal(1, Realm.RequestCount);
    }

    [Fact]
    public async Task CacheLogin_ServiceTicketInCache_NoKdcAsked()
    {
        var ticket = Realm.IssueTicket(Alice.Principal, Service.Principal);
        var path = Path.Combine(Realm.Directory, "service.ccache");
        CredentialCacheFile.Save(new CredentialCache(Alice.Principal, [ticket]), path);
        var client = Client(Config);
        Assert.Equal(ticket.Ends, (await GetAsync(Cache(path), client)).Ends);
        Assert.Equal(0, Realm.RequestCount);
    }

    [Fact]
    public async Task CacheLogin_ServiceTicketOfCacheRefused_FetchedFromTheKdc()
    {
        var path = await Alice.LoginAsync();
        var cache = CredentialCacheFile.Load(new FileLocation(path));
        var standing = Realm.IssueTicket(Alice.Principal, Service.Principal);
        CredentialCacheFile.Save(new CredentialCache(Alice.Principal, [.. cache.Tickets, standing]), path);
        var client = Client(Config);
        using var source = new TicketSource(Cache(path), client, Time);
        var first = await source.GetAsync(Service.Principal, CancellationToken.None);
        source.Forget(first);
        var second = await source.GetAsync(Service.Principal, CancellationToken.None);
        Assert.False(first.Ticket.Encoded.Span.SequenceEqual(second.Ticket.Encoded.Span));
        Assert.Equal(1, Realm.RequestCount);
    }

    [Fact]
    public async Task CacheLogin_Expired_CredentialsExpiredSaysSince()
    {
        var path = await Alice.LoginAsync();
        var ends = Time.GetUtcNow() + TimeSpan.FromHours(10);
        Time.Advance(new TimeSpan(12, 10, 0));
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
        var path = await Alice.LoginAsync();
        var client = Client(Config);
        using var source = new TicketSource(Cache(path), client, Time);
        Assert.Equal(Alice.Principal, (await source.GetAsync(Service.Principal, CancellationToken.None)).Client);
        var bob = Realm.AddUser("bob");
        File.Move(await bob.LoginAsync(), path, overwrite: true);
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(bob.Principal, (await source.GetAsync(Service.Principal, CancellationToken.None)).Client);
    }

    /// <summary>As kinit -R of a cron job does it: another ticket-granting ticket of the same principal, in the same file.</summary>
    [Fact]
    public async Task CacheLogin_FileWithARenewedTicket_UsedFromThenOn()
    {
        var path = await Alice.LoginAsync();
        var client = Client(Config);
        using var source = new TicketSource(Cache(path), client, Time);
        var first = await source.GetAsync(Service.Principal, CancellationToken.None);
        Time.Advance(TimeSpan.FromHours(9));
        File.Move(await Alice.LoginAsync(), path, overwrite: true);
        Time.Advance(TimeSpan.FromMinutes(61));
        var second = await source.GetAsync(Service.Principal, CancellationToken.None);
        Assert.Equal(first.Ends + TimeSpan.FromHours(9), second.Ends);
    }

    [Fact]
    public async Task CacheLogin_PrimaryOfADirectoryChanged_ItsTicketsFromThenOn()
    {
        var directory = new CredentialCacheDirectory(new FileLocation(Path.Combine(Realm.Directory, "caches"), "KRB5CCNAME"));
        directory.Save(CredentialCacheFile.Load(new FileLocation(await Alice.LoginAsync())));
        var client = Client(Config);
        var login = new CacheLogin(() => CredentialCacheLocation.Resolve("DIR:" + Path.Combine(Realm.Directory, "caches"), Krb5Config.Empty, static _ => null), Time);
        using var source = new TicketSource(login, client, Time);
        Assert.Equal(Alice.Principal, (await source.GetAsync(Service.Principal, CancellationToken.None)).Client);
        var bob = Realm.AddUser("bob");
        directory.Save(CredentialCacheFile.Load(new FileLocation(await bob.LoginAsync())));
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(bob.Principal, (await source.GetAsync(Service.Principal, CancellationToken.None)).Client);
    }

    [Fact]
    public async Task CacheLogin_DirectoryWithoutCache_NoCredentialsNamesIt()
    {
        var client = Client(Config);
        var e = await ThrowsAsync(new CacheLogin(() => CredentialCacheLocation.Resolve("DIR:/nonexistent", Krb5Config.Empty, static _ => null), Time), client);
        Assert.Equal(KerberosError.NoCredentials, e.Error);
        Assert.StartsWith("No Kerberos credentials: DIR::/nonexistent/tkt (from KerberosClientOptions.CredentialCache) does not exist", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CacheLogin_FileDestroyed_NoCredentials()
    {
        var path = await Alice.LoginAsync();
        var client = Client(Config);
        using var source = new TicketSource(Cache(path), client, Time);
        await source.GetAsync(Service.Principal, CancellationToken.None);
        File.Delete(path);
        Time.Advance(TimeSpan.FromSeconds(2));
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await source.GetAsync(Service.Principal, CancellationToken.None));
        Assert.Equal(KerberosError.NoCredentials, e.Error);
    }

    [Fact]
    public async Task CacheLogin_FileMetHalfWritten_WhatWasReadStays()
    {
        var path = await Alice.LoginAsync();
        var client = Client(Config);
        using var source = new TicketSource(Cache(path), client, Time);
        await source.GetAsync(Service.Principal, CancellationToken.None);
        var whole = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, whole[..40]);
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(Alice.Principal, (await source.GetAsync(KerberosPrincipal.Parse("HTTP/localhost@TEST.LOCAL"), CancellationToken.None)).Client);
    }

    [Fact]
    public async Task DefaultLogin_LiveCache_TheCache()
    {
        var client = Client(Config);
        var bob = Realm.AddUser("bob");
        var login = new DefaultLogin(Cache(await bob.LoginAsync()), Login(client));
        Assert.Equal(bob.Principal, (await GetAsync(login, client)).Client);
    }

    [Fact]
    public async Task DefaultLogin_CacheAbsentOrExpired_TheKeytab()
    {
        var client = Client(Config);
        Assert.Equal(Alice.Principal, (await GetAsync(new DefaultLogin(Cache("/nowhere/cc"), Login(client)), client)).Client);
        var bob = Realm.AddUser("bob");
        var expired = await bob.LoginAsync();
        Time.Advance(TimeSpan.FromHours(11));
        Assert.Equal(Alice.Principal, (await GetAsync(new DefaultLogin(Cache(expired), Login(client)), client)).Client);
    }

    [Fact]
    public async Task DefaultLogin_NeitherCacheNorKeytab_NoCredentials()
    {
        var client = Client(Config);
        var e = await ThrowsAsync(new DefaultLogin(Cache("/nowhere/cc"), null), client);
        Assert.Equal(KerberosError.NoCredentials, e.Error);
        Assert.Equal("No Kerberos credentials: FILE:/nowhere/cc does not exist and no keytab is set. Next: run kinit, or set KerberosClientOptions.Keytab (KRB5_CLIENT_KTNAME).", e.Message);
    }
}
