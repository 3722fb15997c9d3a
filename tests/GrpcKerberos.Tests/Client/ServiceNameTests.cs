using Grpc.Core;
using Grpc.Net.Client.Balancer;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>Service principals from the setting and the channel's target.</summary>
public class ServiceNameTests
{
    private const string Service = "greeter.v1.Greeter";

    [Theory]
    [InlineData("https://orders.corp.example/greeter.v1.Greeter", "HTTP/orders.corp.example@R")]
    [InlineData("https://Orders.Corp.Example:5001/greeter.v1.Greeter", "HTTP/orders.corp.example@R")]
    [InlineData("http://orders:8080/greeter.v1.Greeter", "HTTP/orders@R")]
    [InlineData("https://orders.corp.example./greeter.v1.Greeter", "HTTP/orders.corp.example@R")]
    [InlineData("https://orders/api/greeter.v1.Greeter", "HTTP/orders@R")]
    [InlineData("dns:///orders.corp.example/greeter.v1.Greeter", "HTTP/orders.corp.example@R")]
    [InlineData("dns:///orders:5001/greeter.v1.Greeter", "HTTP/orders@R")]
    [InlineData("dns://10.0.0.53/orders:5001/greeter.v1.Greeter", "HTTP/orders@R")]
    [InlineData("static:///orders/greeter.v1.Greeter", "HTTP/orders@R")]
    [InlineData("consul://orders/greeter.v1.Greeter", "HTTP/orders@R")]
    public void Resolve_TargetWithAHost_NamesIt(string serviceUrl, string expected) =>
        Assert.Equal(expected, new ServiceNames("HTTP/{host}", static _ => "R").Resolve(serviceUrl, Service).ToString());

    [Theory]
    [InlineData("https://10.0.0.5:5001/greeter.v1.Greeter", "10.0.0.5:5001")]
    [InlineData("https://[2001:db8::1]:5001/greeter.v1.Greeter", "[2001:db8::1]:5001")]
    [InlineData("https://[::1]/greeter.v1.Greeter", "[::1]")]
    [InlineData("static:///greeter.v1.Greeter", "")]
    [InlineData("dns:///10.0.0.5/greeter.v1.Greeter", "10.0.0.5")]
    [InlineData("unix:///tmp/orders.sock/greeter.v1.Greeter", "tmp/orders.sock")]
    public void Resolve_TargetWithoutAHost_IsServiceNameUnknown(string serviceUrl, string target)
    {
        var names = new ServiceNames("HTTP/{host}", static _ => "R");
        var failure = Assert.Throws<KerberosException>(() => names.Resolve(serviceUrl, Service));
        Assert.Equal(KerberosError.ServiceNameUnknown, failure.Error);
        Assert.Equal(
            $"The target \"{target}\" holds no host name to make a service name from, and a server is never asked for its own. Next: set KerberosClientOptions.ServicePrincipal.",
            failure.Message);
    }

    [Theory]
    [InlineData("HTTP/orders.corp.example", "HTTP/orders.corp.example@R")]
    [InlineData("HTTP/orders@OTHER", "HTTP/orders@OTHER")]
    [InlineData("orders/{host}@OTHER", "orders/a.test@OTHER")]
    public void Resolve_Setting_IsTakenAsItIs(string template, string expected) =>
        Assert.Equal(expected, new ServiceNames(template, static _ => "R").Resolve("https://a.test/greeter.v1.Greeter", Service).ToString());

    [Fact]
    public void Resolve_FixedNameAndAnAddress_NeedsNoHost() =>
        Assert.Equal("HTTP/a@R", new ServiceNames("HTTP/a", static _ => "R").Resolve("https://10.0.0.5/greeter.v1.Greeter", Service).ToString());

    [Fact]
    public void Resolve_RealmUnknown_SaysWhereToSetIt()
    {
        var failure = Assert.Throws<KerberosException>(() => new ServiceNames("HTTP/{host}", static _ => null).Resolve("https://a.test/greeter.v1.Greeter", Service));
        Assert.Equal(KerberosError.ConfigurationInvalid, failure.Error);
        Assert.Contains("Next: set KerberosClientOptions.Realm", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Channel_ToAnAddress_FailsBeforeItSends()
    {
        await using var scene = await ClientScene.StartAsync();
        using var channel = scene.Server.Connect(target: $"https://127.0.0.1:{scene.Server.Port}");
        var failure = await Calls.FailAsync(channel.WithKerberos(scene.Interceptor), Shape.Unary);
        CallShapeTests.AssertOurs(failure, KerberosError.ServiceNameUnknown, $"The target \"127.0.0.1:{scene.Server.Port}\" holds no host name");
        Assert.Empty(scene.Server.Received);
    }

    [Fact]
    public async Task Channel_ByDns_IsNamedByItsTarget()
    {
        await using var scene = await ClientScene.StartAsync();
        using var channel = scene.Server.Connect(static o => o.Credentials = ChannelCredentials.SecureSsl, $"dns:///localhost:{scene.Server.Port}");
        Assert.Equal(Calls.Words, await Calls.MakeAsync(channel.WithKerberos(scene.Interceptor), Shape.Unary));
    }

    [Fact]
    public async Task Channel_ByStaticResolver_IsNamedByItsTargetAndNeverByTheAddressPicked()
    {
        await using var scene = await ClientScene.StartAsync();
        var resolver = new StaticResolverFactory(_ => [new BalancerAddress("127.0.0.1", scene.Server.Port)]);
        await using var services = new ServiceCollection().AddSingleton<ResolverFactory>(resolver).BuildServiceProvider();
        using var channel = scene.Server.Connect(
            o =>
            {
                o.Credentials = ChannelCredentials.SecureSsl;
                o.ServiceProvider = services;
            },
            "static:///localhost");
        Assert.Equal(Calls.Words, await Calls.MakeAsync(channel.WithKerberos(scene.Interceptor), Shape.Unary));
    }

    // Another realm's KDC may never have been asked: that no way leads there is not that it has no such service.
    [Theory]
    [InlineData("TEST.LOCAL knows no service HTTP/localhost", "use another.")]
    [InlineData("No way leads from TEST.LOCAL to CORP.EXAMPLE", "mend [capaths].")]
    public async Task ServiceUnknown_SaysWhereTheNameCameFrom_AndKeepsWhatTheKdcSaid(string refusal, string advice)
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Tickets.Kdc = Task.FromException(new KerberosException(KerberosError.ServiceUnknown, $"{refusal}. Next: {advice}"));
        CallShapeTests.AssertOurs(
            await Calls.FailAsync(scene.Invoker, Shape.Unary),
            KerberosError.ServiceUnknown,
            $"{refusal}; the name came from \"HTTP/{{host}}\" and the target \"localhost:{scene.Server.Port}\". Next: {advice}");
    }
}
