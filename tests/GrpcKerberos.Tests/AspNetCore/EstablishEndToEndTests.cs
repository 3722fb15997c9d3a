using Greeter.V1;
using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class EstablishEndToEndTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Streams_ByOurClientToAServerThatBindsSessions_EstablishFirst(bool? tls)
    {
        await using var realm = await TestRealm.StartAsync();
        await using var app = await new TestServerApp
        {
            Tls = tls,
            Services = (_, s) => s.AddAuthentication().AddKerberos(o =>
            {
                o.Keytab = realm.AddService("HTTP/localhost").Keytab;
                o.SessionPortability = SessionPortability.ServerBound;
            }),
        }.StartAsync();
        var options = new KerberosClientOptions { Krb5Config = realm.Krb5Config, Keytab = realm.AddUser("alice").Keytab, ServicePrincipal = "HTTP/localhost" };
        using var channel = app.Channel(new() { UnsafeUseInsecureChannelCallCredentials = tls == false });
        var client = new Greeter.V1.Greeter.GreeterClient(channel.WithKerberos(options));
        await client.SayHelloAsync(new HelloRequest { Name = "x" });

        using var collect = client.CollectHellos();
        await collect.RequestStream.WriteAsync(new HelloRequest { Name = "a" });
        await collect.RequestStream.CompleteAsync();
        Assert.Equal("Hello a", (await collect).Message);
        using var chat = client.Chat();
        await chat.RequestStream.WriteAsync(new HelloRequest { Name = "b" });
        Assert.True(await chat.ResponseStream.MoveNext());
        await chat.RequestStream.CompleteAsync();

        Assert.False(await chat.ResponseStream.MoveNext());
        Assert.Equal(3, app.Behaviour.Runs);
    }

    [Fact]
    public async Task FirstCallInClearIsAStream_ByOurClient_Establishes()
    {
        await using var realm = await TestRealm.StartAsync();
        await using var app = await new TestServerApp
        {
            Tls = false,
            Services = (_, s) => s.AddAuthentication().AddKerberos(o =>
            {
                o.Keytab = realm.AddService("HTTP/localhost").Keytab;
                o.SessionPortability = SessionPortability.ServerBound;
            }),
        }.StartAsync();
        var options = new KerberosClientOptions { Krb5Config = realm.Krb5Config, Keytab = realm.AddUser("alice").Keytab, ServicePrincipal = "HTTP/localhost" };
        using var channel = app.Channel(new() { UnsafeUseInsecureChannelCallCredentials = true });
        var client = new Greeter.V1.Greeter.GreeterClient(channel.WithKerberos(options));

        using var chat = client.Chat();
        await chat.RequestStream.WriteAsync(new HelloRequest { Name = "b" });

        Assert.True(await chat.ResponseStream.MoveNext());
        Assert.Contains(app.Log.Ours, static l => l.Id.Id == 110 && l.Text.Contains("by establish", StringComparison.Ordinal));
    }
}
