using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Testing;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>A realm with the embedded KDC, its real keytabs, ccaches and krb5.conf, and a clock that stands.</summary>
public abstract class RealmTests : IAsyncLifetime
{
    internal ManualTimeProvider Time { get; } = new();

    internal TestRealm Realm { get; private set; } = null!;

    /// <summary>A user with the password "secret".</summary>
    internal TestAccount Alice { get; private set; } = null!;

    internal TestAccount Service { get; private set; } = null!;

    internal Krb5Config Config => Krb5Config.Load(Realm.Krb5Config, static _ => null);

    public async Task InitializeAsync()
    {
        Realm = await TestRealm.StartAsync(configure: o => o.TimeProvider = Time);
        Alice = Realm.AddUser("alice", o => o.Password = "secret");
        Service = Realm.AddService("HTTP/localhost");
    }

    public Task DisposeAsync() => Realm.DisposeAsync().AsTask();

    internal KdcClient Client(Krb5Config config) => KdcClient.Create(config, null, [], [], TimeSpan.FromSeconds(10), Time);

    internal KeytabLogin Login(KdcClient client) => new(null, _ => new(KeytabLoader.Load(Alice.Keytab)), Alice.Keytab, client);

    internal CacheLogin Cache(string path) => new(() => new FileLocation(path), Time);

    internal async Task<ServiceTicket> GetAsync(ILogin login, KdcClient client)
    {
        using var source = new TicketSource(login, client, Time);
        return await source.GetAsync(Service.Principal, CancellationToken.None);
    }

    internal Task<KerberosException> ThrowsAsync(ILogin login, KdcClient client) =>
        Assert.ThrowsAsync<KerberosException>(() => GetAsync(login, client));
}
