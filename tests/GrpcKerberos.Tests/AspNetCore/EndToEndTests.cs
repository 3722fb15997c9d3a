using Greeter.V1;
using Grpc.Core;
using GrpcKerberos.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class EndToEndTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_ByOurClientWithARealmsTicket_IsGreetedByItsPrincipal(bool? tls)
    {
        await using var realm = await TestRealm.StartAsync();
        await using var app = await new TestServerApp
        {
            Tls = tls,
            Services = (_, s) => s.AddAuthentication().AddKerberos(o => o.Keytab = realm.AddService("HTTP/localhost").Keytab),
        }.StartAsync();
        var options = new KerberosClientOptions { Krb5Config = realm.Krb5Config, Keytab = realm.AddUser("alice").Keytab, ServicePrincipal = "HTTP/localhost" };
        using var channel = app.Channel(new() { UnsafeUseInsecureChannelCallCredentials = tls == false });
        var client = new Greeter.V1.Greeter.GreeterClient(channel.WithKerberos(options));

        Assert.Equal("alice@TEST.LOCAL", (await client.SayHelloAsync(new HelloRequest { Name = "x" })).Principal);
        Assert.Equal("alice@TEST.LOCAL", client.SayHello(new HelloRequest { Name = "x" }).Principal);
        using var stream = client.SayHellos(new HelloRequest { Name = "x" });
        Assert.Equal(2, await stream.ResponseStream.ReadAllAsync().CountAsync());
        Assert.Equal(3, app.Behaviour.Runs);
    }

    [Fact]
    public async Task Call_HandlerLetsInnerRefusalEscape_RunsOnce()
    {
        await using var realm = await TestRealm.StartAsync();
        await using var app = await new TestServerApp
        {
            Services = (_, s) => s.AddAuthentication().AddKerberos(o => o.Keytab = realm.AddService("HTTP/localhost").Keytab),
        }.StartAsync();
        app.Behaviour.Before = static _ => throw new RpcException(
            new Status(StatusCode.Unauthenticated, "inner"), [new("www-authenticate", "Kerberos error=SESSION_UNKNOWN")]);
        var options = new KerberosClientOptions { Krb5Config = realm.Krb5Config, Keytab = realm.AddUser("alice").Keytab };
        using var channel = app.Channel();
        var client = new Greeter.V1.Greeter.GreeterClient(channel.WithKerberos(options));

        var failure = await Assert.ThrowsAsync<RpcException>(() => client.SayHelloAsync(new HelloRequest { Name = "x" }).ResponseAsync);

        Assert.Equal("inner", failure.Status.Detail);
        Assert.Equal(1, app.Behaviour.Runs);
    }
}
