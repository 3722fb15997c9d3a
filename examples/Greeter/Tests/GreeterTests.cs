using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using GrpcKerberos;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol;
using GrpcKerberos.Testing;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static Greeter.V1.Greeter;

namespace Greeter.Tests;

/// <summary>The Greeter's own Program.cs, called with real tickets. Each test stands alone, to be copied.</summary>
public sealed class GreeterTests
{
    [Fact]
    public async Task SayHello_CallerWithTicket_IsGreetedByItsPrincipal()
    {
        await using var realm = await TestRealm.StartAsync();
        var keytab = realm.AddService("HTTP/localhost").Keytab;
        await using var app = new WebApplicationFactory<Program>()
            .WithWebHostBuilder(host => host.UseSetting("Authentication:Schemes:Kerberos:Keytab", keytab));
        using var channel = GrpcChannel.ForAddress("https://localhost", new() { HttpHandler = app.Server.CreateHandler() });
        var alice = new KerberosClientOptions { Krb5Config = realm.Krb5Config, Keytab = realm.AddUser("alice").Keytab };

        var reply = await new GreeterClient(channel.WithKerberos(alice)).SayHelloAsync(new() { Name = "world" });

        Assert.Equal(("Hello world", "alice@TEST.LOCAL"), (reply.Message, reply.Principal));
    }

    [Fact]
    public async Task SayHello_OverKestrel_IsGreetedByItsPrincipal()
    {
        await using var realm = await TestRealm.StartAsync();
        var keytab = realm.AddService("HTTP/localhost").Keytab;
        await using var app = new WebApplicationFactory<Program>()
            .WithWebHostBuilder(host => host.UseSetting("Authentication:Schemes:Kerberos:Keytab", keytab));
        app.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        app.StartServer();
        using var channel = GrpcChannel.ForAddress(app.ClientOptions.BaseAddress, new() { UnsafeUseInsecureChannelCallCredentials = true });
        // An address has no host name to make a service principal from.
        var alice = new KerberosClientOptions { Krb5Config = realm.Krb5Config, Keytab = realm.AddUser("alice").Keytab, ServicePrincipal = "HTTP/localhost" };

        var reply = await new GreeterClient(channel.WithKerberos(alice)).SayHelloAsync(new() { Name = "world" });

        Assert.Equal("alice@TEST.LOCAL", reply.Principal);
    }

    [Fact]
    public async Task SayHello_CallerWithoutTicket_IsRefused()
    {
        await using var realm = await TestRealm.StartAsync();
        var keytab = realm.AddService("HTTP/localhost").Keytab;
        await using var app = new WebApplicationFactory<Program>()
            .WithWebHostBuilder(host => host.UseSetting("Authentication:Schemes:Kerberos:Keytab", keytab));
        using var channel = GrpcChannel.ForAddress("https://localhost", new() { HttpHandler = app.Server.CreateHandler() });

        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await new GreeterClient(channel).SayHelloAsync(new()));

        Assert.Equal((StatusCode.Unauthenticated, KerberosError.TokenMissing), (refusal.StatusCode, refusal.GetKerberosError()));
    }

    [Theory]
    [InlineData(KdcFault.Unreachable, KerberosError.KdcUnreachable)]
    [InlineData(KdcFault.ServiceUnknown, KerberosError.ServiceUnknown)]
    [InlineData(KdcFault.PreauthenticationFailed, KerberosError.PreauthenticationFailed)]
    public async Task SayHello_KdcAtFault_CallerIsToldWhyAndServedAsSoonAsItIsMended(KdcFault fault, KerberosError error)
    {
        await using var realm = await TestRealm.StartAsync();
        var keytab = realm.AddService("HTTP/localhost").Keytab;
        await using var app = new WebApplicationFactory<Program>()
            .WithWebHostBuilder(host => host.UseSetting("Authentication:Schemes:Kerberos:Keytab", keytab));
        using var channel = GrpcChannel.ForAddress("https://localhost", new() { HttpHandler = app.Server.CreateHandler() });
        var alice = new KerberosClientOptions { Krb5Config = realm.Krb5Config, Keytab = realm.AddUser("alice").Keytab };
        var greeter = new GreeterClient(channel.WithKerberos(alice));

        realm.Fault = fault;
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await greeter.SayHelloAsync(new()));
        realm.Fault = KdcFault.None;
        var reply = await greeter.SayHelloAsync(new());

        Assert.Equal((error, "alice@TEST.LOCAL"), (refusal.GetKerberosError(), reply.Principal));
    }

    [Fact]
    public async Task SayHello_TheDayAfter_WorkerHasRenewedItsTicketAndPersonMustLogInAgain()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var realm = await TestRealm.StartAsync(configure: o => o.TimeProvider = time);
        var keytab = realm.AddService("HTTP/localhost").Keytab;
        await using var app = new WebApplicationFactory<Program>().WithWebHostBuilder(host => host
            .UseSetting("Authentication:Schemes:Kerberos:Keytab", keytab)
            .ConfigureServices(s => s.Configure<KerberosAuthenticationOptions>("Kerberos", o => o.TimeProvider = time)));
        using var channel = GrpcChannel.ForAddress("https://localhost", new() { HttpHandler = app.Server.CreateHandler() });
        var alice = realm.AddUser("alice");
        var worker = new KerberosClientOptions { Krb5Config = realm.Krb5Config, TimeProvider = time, Keytab = alice.Keytab };
        var person = new KerberosClientOptions { Krb5Config = realm.Krb5Config, TimeProvider = time, CredentialCache = await alice.LoginAsync() };
        GreeterClient[] greeters = [new(channel.WithKerberos(worker)), new(channel.WithKerberos(person))];
        foreach (var greeter in greeters) Assert.Equal("alice@TEST.LOCAL", (await greeter.SayHelloAsync(new())).Principal);

        time.Advance(TimeSpan.FromDays(1));

        Assert.Equal("alice@TEST.LOCAL", (await greeters[0].SayHelloAsync(new())).Principal);
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await greeters[1].SayHelloAsync(new()));
        Assert.Equal(KerberosError.CredentialsExpired, refusal.GetKerberosError());
    }
}
