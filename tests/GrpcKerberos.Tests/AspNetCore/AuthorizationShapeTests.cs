using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol;
using GrpcKerberos.Testing;
using GrpcKerberos.Tests.Client;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>Who may call, in each shape: PERMISSION_DENIED to who is known, UNAUTHENTICATED to who is not.</summary>
public sealed class AuthorizationShapeTests
{
    private const string GroupSid = "S-1-5-21-1-2-3-1104";

    public static TheoryData<Shape, string, bool> All
    {
        get
        {
            var data = new TheoryData<Shape, string, bool>();
            foreach (var shape in Enum.GetValues<Shape>())
            {
                foreach (var policy in s_policies.Keys)
                {
                    data.Add(shape, policy, true);
                    data.Add(shape, policy, false);
                }
            }

            return data;
        }
    }

    private static readonly Dictionary<string, Action<GrpcServiceEndpointConventionBuilder>> s_policies = new(StringComparer.Ordinal)
    {
        ["principal"] = static e => e.RequireAuthorization(static p => p.RequireKerberosPrincipal("al*@TEST.LOCAL")),
        ["group"] = static e => e.RequireAuthorization(static p => p.RequireKerberosGroup(GroupSid)),
        ["role by SID"] = static e => e.RequireAuthorization(static p => p.RequireRole(GroupSid)),
        ["mapped role"] = static e => e.RequireAuthorization(new AuthorizeAttribute { Roles = "operators" }),
        ["fallback"] = static _ => { },
    };

    [Theory, MemberData(nameof(All))]
    public async Task Call_OfAKnownCaller_IsServedOrDenied(Shape shape, string policy, bool allowed)
    {
        await using var realm = await TestRealm.StartAsync();
        await using var app = await StartAsync(realm, policy);
        using var client = new KerberosClientInterceptor(new KerberosClientOptions { Krb5Config = realm.Krb5Config, Keytab = AddUser(realm, allowed).Keytab });
        using var channel = app.Channel();

        if (allowed)
        {
            Assert.StartsWith("Hello good", await Calls.MakeAsync(channel.WithKerberos(client), shape), StringComparison.Ordinal);
            return;
        }

        var failure = await Calls.FailAsync(channel.WithKerberos(client), shape);
        Assert.Equal((StatusCode.PermissionDenied, KerberosError.NotAllowed), (failure.StatusCode, failure.GetKerberosError()));
        Assert.DoesNotContain(failure.Trailers, static t => t.Key is "www-authenticate" or "authentication-info");
        Assert.StartsWith("The caller is authenticated but may not call /greeter.v1.Greeter/", failure.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(0, app.Behaviour.Runs);
    }

    [Theory]
    [InlineData(Shape.Blocking)]
    [InlineData(Shape.Unary)]
    [InlineData(Shape.ServerStreaming)]
    [InlineData(Shape.ClientStreaming)]
    [InlineData(Shape.Duplex)]
    public async Task Call_OfNobody_IsUnauthenticatedUnderEachPolicy(Shape shape)
    {
        await using var realm = await TestRealm.StartAsync();
        var keytab = realm.AddService("HTTP/localhost").Keytab;
        foreach (var policy in s_policies.Keys)
        {
            await using var app = await StartAsync(realm, policy, keytab);
            using var channel = app.Channel();
            Assert.Equal(StatusCode.Unauthenticated, (await Calls.FailAsync(channel.CreateCallInvoker(), shape)).StatusCode);
            Assert.Equal(0, app.Behaviour.Runs);
        }
    }

    private static TestAccount AddUser(TestRealm realm, bool allowed) => realm.AddUser(allowed ? "alice" : "bob", o =>
    {
        o.Sid = "S-1-5-21-1-2-3-1200";
        if (allowed) o.GroupSids.Add(GroupSid);
    });

    private static Task<TestServerApp> StartAsync(TestRealm realm, string policy, string? keytab = null) => new TestServerApp
    {
        Services = (_, s) =>
        {
            s.AddAuthentication().AddKerberos(o =>
            {
                o.Keytab = keytab ?? realm.AddService("HTTP/localhost").Keytab;
                // TestServer has no TLS, and a stream to a server-bound session unknown fails once.
                o.SessionPortability = SessionPortability.Portable;
                o.Roles["operators"] = [GroupSid];
            });
            if (policy == "fallback") s.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireKerberosGroup(GroupSid).Build());
        },
        Endpoints = (_, e) => s_policies[policy](e),
    }.StartAsync();
}
