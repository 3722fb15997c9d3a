using Grpc.Core;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>krb5kdc goes and comes back. A realm of its own, since the others' KDC must stay.</summary>
public sealed class KdcOutageTests : IAsyncLifetime
{
    private readonly MitRealm _realm = new();

    public Task InitializeAsync() => _realm.InitializeAsync();

    public Task DisposeAsync() => _realm.DisposeAsync();

    [PeerFact]
    public async Task Calls_WhileKrb5kdcIsDown_GoOnWithALiveTicketAndNewClientsComeWithIt()
    {
        await using var host = await GreeterHost.StartAsync(_realm.Keytab("et-aes256-sha2"), _realm.Krb5Conf);
        using var held = NewInterceptor();
        using var late = NewInterceptor();
        Assert.Equal($"alice@{MitRealm.Name}", (await host.GreetAsync(held)).Principal);

        await _realm.StopKdcAsync();

        for (var i = 0; i < 3; i++) Assert.Equal($"alice@{MitRealm.Name}", (await host.GreetAsync(held)).Principal);
        var refused = await Assert.ThrowsAsync<RpcException>(() => host.GreetAsync(late));
        Assert.Equal((StatusCode.Unavailable, KerberosError.KdcUnreachable), (refused.StatusCode, refused.GetKerberosError()));

        await _realm.StartKdcAsync();

        Assert.Equal($"alice@{MitRealm.Name}", (await host.GreetAsync(late)).Principal);
    }

    private KerberosClientInterceptor NewInterceptor() => new(new KerberosClientOptions
    {
        Keytab = _realm.Keytab("alice"),
        Krb5Config = _realm.Krb5Conf,
        ServicePrincipal = "et-aes256-sha2/{host}",
        KdcTimeout = TimeSpan.FromMinutes(1),
    });
}
