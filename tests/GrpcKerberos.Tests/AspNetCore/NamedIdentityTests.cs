using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Testing;
using GrpcKerberos.Tests.Client;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>Two schemes with a keytab each on one server, two identities in one client: all by configuration.</summary>
public sealed class NamedIdentityTests
{
    [Fact]
    public async Task TwoSchemesAndTwoClients_EachIsItself()
    {
        await using var realm = await TestRealm.StartAsync();
        await using var app = await new TestServerApp
        {
            Services = (_, s) =>
            {
                s.AddSingleton<IConfiguration>(Configuration(
                    ("Authentication:Schemes:Public:Keytab", realm.AddService("HTTP/public.test").Keytab),
                    ("Authentication:Schemes:Public:SessionPortability", "Portable"),
                    ("Authentication:Schemes:Internal:Keytab", realm.AddService("HTTP/internal.test").Keytab),
                    ("Authentication:Schemes:Internal:SessionPortability", "Portable"),
                    ("Authentication:Schemes:Internal:Roles:operators:0", "svc-legacy@TEST.LOCAL")));
                s.AddAuthentication("Public").AddKerberos("Public").AddKerberos("Internal");
            },
            Endpoints = static (_, e) => e.RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = "Public,Internal" }),
        }.StartAsync();
        using var services = new ServiceCollection()
            .AddKerberosClient(Client(realm, "svc-orders", "HTTP/public.test"))
            .AddKerberosClient("legacy", Client(realm, "svc-legacy", "HTTP/internal.test"))
            .BuildServiceProvider();
        var seen = new List<(string? Name, string Service, bool IsOperator)>();
        app.Behaviour.Before = context =>
        {
            var caller = context.GetRequiredKerberosCaller();
            var user = context.GetHttpContext().User;
            lock (seen) seen.Add((user.Identity?.Name, caller.ServicePrincipal.ToString(), user.IsInRole("operators")));
            return Task.CompletedTask;
        };
        using var channel = app.Channel();

        for (var i = 0; i < 2; i++)
        {
            await Calls.MakeAsync(channel.WithKerberos(services.GetRequiredService<KerberosClientInterceptor>()), Shape.Unary);
            await Calls.MakeAsync(channel.WithKerberos(services.GetRequiredKeyedService<KerberosClientInterceptor>("legacy")), Shape.Unary);
        }

        (string?, string, bool) orders = ("svc-orders@TEST.LOCAL", "HTTP/public.test@TEST.LOCAL", false);
        (string?, string, bool) legacy = ("svc-legacy@TEST.LOCAL", "HTTP/internal.test@TEST.LOCAL", true);
        Assert.Equal([orders, legacy, orders, legacy], seen);
    }

    private static IConfigurationSection Client(TestRealm realm, string user, string service) =>
        Configuration(("Kerberos:Keytab", realm.AddUser(user).Keytab), ("Kerberos:Krb5Config", realm.Krb5Config), ("Kerberos:ServicePrincipal", service)).GetSection("Kerberos");

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(static s => s.Key, static s => (string?)s.Value)).Build();
}
