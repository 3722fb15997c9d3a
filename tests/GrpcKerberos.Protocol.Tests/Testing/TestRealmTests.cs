using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Testing;

public sealed class TestRealmTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private TestRealm _realm = null!;

    public async Task InitializeAsync() => _realm = await TestRealm.StartAsync(configure: o => o.TimeProvider = _clock);

    public async Task DisposeAsync() => await _realm.DisposeAsync();

    [Fact]
    public void Krb5Config_AsWritten_NamesRealmAndKdcAndNothingElse()
    {
        var config = Krb5Config.Load(_realm.Krb5Config, static _ => null);

        Assert.Equal("TEST.LOCAL", config.DefaultRealm);
        Assert.Equal(_realm.Kdc, Assert.Single(config.KdcsOf("TEST.LOCAL")).ToString());
        Assert.Equal("TEST.LOCAL", config.RealmOf("localhost"));
        Assert.False(config.DnsLookupKdc);
        Assert.StartsWith("FILE:" + _realm.Directory, config.DefaultCredentialCacheName, StringComparison.Ordinal);
        Assert.StartsWith("127.0.0.1:", _realm.Kdc, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_AsWritten_OnlyTheOwnersToRead()
    {
        if (OperatingSystem.IsWindows()) return;
        var account = _realm.AddUser("alice");

        const UnixFileMode File0600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(File0600 | UnixFileMode.UserExecute, File.GetUnixFileMode(_realm.Directory));
        Assert.Equal(File0600, File.GetUnixFileMode(_realm.Krb5Config));
        Assert.Equal(File0600, File.GetUnixFileMode(account.Keytab));
        Assert.Equal(File0600, File.GetUnixFileMode(await account.LoginAsync()));
    }

    [Fact]
    public void AddService_NoOptions_KeytabOfAllTypes()
    {
        var account = _realm.AddService("HTTP/localhost");

        var keytab = KeytabLoader.Load(account.Keytab);

        Assert.Equal("HTTP/localhost@TEST.LOCAL", Assert.Single(keytab.Principals).ToString());
        Assert.Equal([20, 19, 18, 17], keytab.Entries.Select(e => (int)e.Type));
        Assert.All(keytab.Entries, e => Assert.Equal(1u, e.KeyVersion));
        Assert.Equal(1, account.KeyVersion);
    }

    [Fact]
    public void AddUser_PasswordAndType_KeyOfStringToKey()
    {
        var account = _realm.AddUser("alice", o =>
        {
            o.Password = "secret";
            o.EncryptionTypes.Add(EncryptionType.Aes128CtsHmacSha1);
        });

        var entry = Assert.Single(KeytabLoader.Load(account.Keytab).Entries);

        using var expected = LongTermKey.FromPassword(EncryptionType.Aes128CtsHmacSha1, "secret", "TEST.LOCALalice");
        Assert.Equal(Convert.ToHexString(expected.Bytes), Convert.ToHexString(entry.Key!.Bytes));
    }

    [Fact]
    public void RotateKey_Twice_KeytabHasAllVersionsNewestFirst()
    {
        var account = _realm.AddService("HTTP/localhost", o => o.EncryptionTypes.Add(EncryptionType.Aes256CtsHmacSha1));
        var first = Convert.ToHexString(KeytabLoader.Load(account.Keytab).Entries[0].Key!.Bytes);

        account.RotateKey();
        account.RotateKey();

        var entries = KeytabLoader.Load(account.Keytab).Entries;
        Assert.Equal(3, account.KeyVersion);
        Assert.Equal([3u, 2u, 1u], entries.Select(e => e.KeyVersion));
        Assert.Equal(3, entries.Select(e => Convert.ToHexString(e.Key!.Bytes)).Distinct().Count());
        Assert.Equal(first, Convert.ToHexString(entries[2].Key!.Bytes));
        Assert.Equal(3u, _realm.IssueTicket(account.Principal, account.Principal).Ticket.EncPart.KeyVersion);
    }

    [Fact]
    public async Task LoginAsync_Twice_TwoCachesWithGrantingTickets()
    {
        var account = _realm.AddUser("alice");

        var paths = new[] { await account.LoginAsync(), await account.LoginAsync() };

        Assert.NotEqual(paths[0], paths[1]);
        foreach (var path in paths)
        {
            var cache = CredentialCacheFile.Load(new FileLocation(path));
            var ticket = cache.FindTicketGrantingTicket();
            Assert.Equal(account.Principal, cache.Owner);
            Assert.Equal(new KerberosTime(_clock.GetUtcNow()) + TimeSpan.FromHours(10), ticket!.Ends);
            Assert.True(ticket.Flags.HasFlag(TicketFlags.Initial | TicketFlags.PreAuthent | TicketFlags.Forwardable | TicketFlags.Renewable));
        }

        Assert.Equal(0, _realm.RequestCount);
    }

    [Fact]
    public void IssueTicket_Changed_AsTheTestWantsIt()
    {
        var service = _realm.AddService("HTTP/localhost");

        var ticket = _realm.IssueTicket(KerberosPrincipal.Parse("carol@OTHER"), service.Principal, t =>
        {
            t.UseKey(EncryptionType.Aes128CtsHmacSha1);
            t.PlaintextService = KerberosPrincipal.Parse("host/localhost@TEST.LOCAL");
        });

        Assert.Equal(("carol@OTHER", service.Principal), (ticket.Client.ToString(), ticket.Service));
        Assert.Equal(("host/localhost@TEST.LOCAL", EncryptionType.Aes128CtsHmacSha1), (ticket.Ticket.ClaimedService.ToString(), ticket.Ticket.EncPart.Type));
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("alice@TEST.LOCAL")]
    [InlineData("krbtgt/TEST.LOCAL")]
    [InlineData("bob@OTHER")]
    [InlineData("")]
    [InlineData("a@b@c")]
    public void AddUser_NameTakenOrNoneOfTheRealm_Refused(string name)
    {
        _realm.AddUser("alice");
        Assert.Equal("bob@TEST.LOCAL", _realm.AddUser("bob@TEST.LOCAL").Principal.ToString());

        Assert.Contains("Next:", Assert.Throws<ArgumentException>(() => _realm.AddUser(name)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddUser_TypeThatIsNotBuiltIn_Refused() =>
        Assert.Contains("17 to 20", Assert.Throws<ArgumentException>(() => _realm.AddUser("dave", o => o.EncryptionTypes.Add(EncryptionType.Rc4Hmac))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("A B")]
    [InlineData("A\n[libdefaults]")]
    [InlineData("A}")]
    public async Task StartAsync_NameThatWouldBreakTheConfig_Refused(string realm) =>
        Assert.Contains("Next:", (await Assert.ThrowsAsync<ArgumentException>(() => TestRealm.StartAsync(realm))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(367)]
    public async Task StartAsync_LifetimeOutOfRange_Refused(int days) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => TestRealm.StartAsync(configure: o => o.TicketLifetime = TimeSpan.FromDays(days)));

    [Fact]
    public async Task StartAsync_OwnNameTypesAndLifetime_Kept()
    {
        await using var realm = await TestRealm.StartAsync("OTHER.TEST", o =>
        {
            o.EncryptionTypes.Add(EncryptionType.Aes128CtsHmacSha256);
            o.TicketLifetime = TimeSpan.FromMinutes(5);
        });

        var cache = CredentialCacheFile.Load(new FileLocation(await realm.AddUser("alice").LoginAsync()));

        var ticket = Assert.Single(cache.Tickets);
        Assert.Equal("alice@OTHER.TEST", ticket.Client.ToString());
        Assert.Equal(EncryptionType.Aes128CtsHmacSha256, ticket.Ticket.EncPart.Type);
        Assert.Equal(TimeSpan.FromMinutes(5), ticket.Ends - ticket.Starts);
    }
}
