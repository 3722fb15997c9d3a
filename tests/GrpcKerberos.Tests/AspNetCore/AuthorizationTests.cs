using System.Security.Claims;
using Grpc.Core;
using Grpc.Core.Interceptors;
using GrpcKerberos.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class AuthorizationTests
{
    private const string MayNotCall = "The caller is authenticated but may not call /greeter.v1.Greeter/SayHello. Next: the server's log names the requirement.";

    [Fact]
    public async Task Authorize_GoodProof_RunsOnce()
    {
        await using var app = await new TestServerApp { Endpoints = static (_, e) => e.RequireAuthorization() }.StartAsync();

        Assert.Equal(TestServerApp.Alice, (await app.Client().CallAsync()).Principal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public async Task Authorize_NoProof_IsTrailersOnlyNotBare401(bool? tls)
    {
        await using var app = await new TestServerApp { Tls = tls, Endpoints = static (_, e) => e.RequireAuthorization() }.StartAsync();

        (await app.Client().SendAsync()).AssertRefused(
            StatusCode.Unauthenticated,
            "Kerberos error=TOKEN_MISSING",
            "This method needs Kerberos and the call carried no proof. Next: add KerberosClientInterceptor, or from another language authorization: Negotiate.");
    }

    [Fact]
    public async Task Authorize_BadProof_IsTheSameRefusalAsWithout()
    {
        await using var app = await new TestServerApp { Endpoints = static (_, e) => e.RequireAuthorization() }.StartAsync();
        var client = app.Client();
        var call = client.Prepare("/greeter.v1.Greeter/Chat");

        var outcome = await client.SendAsync(RawClient.Value(call));

        Assert.Equal((StatusCode.Unauthenticated, "PROOF_REFUSED"), (outcome.Status.StatusCode, outcome.Error));
        Assert.True(outcome.ProvesRefusalOf(call));
    }

    [Theory]
    [InlineData("alice@TEST.LOCAL", true)]
    [InlineData("a*@TEST.LOCAL", true)]
    [InlineData("bob@TEST.LOCAL", false)]
    [InlineData("Alice@TEST.LOCAL", false)]
    public async Task RequireKerberosPrincipal_MatchesOrIsDeniedWithProof(string pattern, bool allowed)
    {
        await using var app = await WithPolicy(p => p.RequireKerberosPrincipal("nobody@TEST.LOCAL", pattern)).StartAsync();

        await AssertAllowed(app, allowed);
    }

    [Theory]
    [InlineData("TEST.LOCAL", true)]
    [InlineData("test.local", false)]
    public async Task RequireKerberosRealm_MatchesOrIsDeniedWithProof(string realm, bool allowed)
    {
        await using var app = await WithPolicy(p => p.RequireKerberosRealm(realm)).StartAsync();

        await AssertAllowed(app, allowed);
    }

    [Theory]
    [InlineData("operators", true)]
    [InlineData("auditors", false)]
    public async Task Roles_OfPatterns_AreRolesOfTheUser(string role, bool allowed)
    {
        var app = WithPolicy(p => p.RequireRole(role));
        app.Options = static o =>
        {
            o.Roles["operators"] = ["svc/*@TEST.LOCAL", "alice@TEST.LOCAL"];
            o.Roles["auditors"] = ["bob@TEST.LOCAL"];
        };
        await using var owned = await app.StartAsync();

        await AssertAllowed(app, allowed);
    }

    [Fact]
    public async Task RequireKerberosPrincipal_SameNameFromAnotherScheme_IsDenied()
    {
        var app = BesideHeaderScheme(defaultScheme: "Header");
        app.Endpoints = static (_, e) => e.RequireAuthorization(static p => p.RequireAuthenticatedUser().RequireKerberosPrincipal("alice@TEST.LOCAL"));
        await using var owned = await app.StartAsync();

        var outcome = await app.Client().SendAsync(new Metadata { { "x-user", "alice@TEST.LOCAL" } });

        Assert.Equal(0, app.Behaviour.Runs);
        Assert.NotEqual(StatusCode.OK, outcome.Status.StatusCode);
    }

    [Fact]
    public async Task AllowAnonymous_NoProof_Runs()
    {
        await using var app = await new TestServerApp { Endpoints = static (_, e) => e.AllowAnonymous() }.StartAsync();

        var outcome = await app.Client().SendAsync();

        Assert.Equal((StatusCode.OK, ""), (outcome.Status.StatusCode, outcome.Reply?.Principal));
        Assert.Null(outcome.Info);
    }

    [Fact]
    public async Task AllowAnonymous_BadProof_IsRefusedNotDowngraded()
    {
        await using var app = await new TestServerApp { Endpoints = static (_, e) => e.AllowAnonymous() }.StartAsync();
        var client = app.Client();

        Assert.Equal("TOKEN_MALFORMED", (await client.SendAsync("Kerberos token=AAAA")).Error);
        Assert.Equal(0, app.Behaviour.Runs);
        Assert.Equal(TestServerApp.Alice, (await client.CallAsync()).Principal);
    }

    [Fact]
    public async Task RequireAuthenticatedUserOff_NoProof_Runs_BadProofIsRefused()
    {
        await using var app = await new TestServerApp { Options = static o => o.RequireAuthenticatedUser = false }.StartAsync();
        var client = app.Client();

        Assert.Equal(StatusCode.OK, (await client.SendAsync()).Status.StatusCode);
        Assert.Equal("TOKEN_MALFORMED", (await client.SendAsync("Kerberos token=AAAA")).Error);
        Assert.Equal(1, app.Behaviour.Runs);
    }

    [Fact]
    public async Task OtherSchemeBeside_ItsUserRunsWithoutProof_OursWithOne()
    {
        await using var app = await BesideHeaderScheme(defaultScheme: "Header").StartAsync();
        var client = app.Client();

        Assert.Equal("TOKEN_MISSING", (await client.SendAsync()).Error);
        Assert.Equal("carol", (await client.SendAsync(new Metadata { { "x-user", "carol" } })).Reply?.Principal);
        Assert.Equal(TestServerApp.Alice, (await client.CallAsync()).Principal);
    }

    [Fact]
    public async Task OtherSchemeBeside_BothGiven_UserIsBothAndNamedByTicket()
    {
        await using var app = await BesideHeaderScheme(defaultScheme: "Header").StartAsync();
        ClaimsPrincipal? user = null;
        app.Behaviour.Before = context =>
        {
            user = context.GetHttpContext().User;
            return Task.CompletedTask;
        };
        var client = app.Client();
        var headers = RawClient.Headers(RawClient.Value(client.Prepare()));
        headers.Add("x-user", "carol");

        Assert.Equal(TestServerApp.Alice, (await client.SendAsync(headers)).Reply?.Principal);
        Assert.Equal(["Kerberos", "Header"], user!.Identities.Select(static i => i.AuthenticationType));
    }

    [Fact]
    public async Task OtherSchemeBeside_BadProof_IsRefusedThoughTheUserIsKnown()
    {
        await using var app = await BesideHeaderScheme(defaultScheme: "Header").StartAsync();
        var headers = RawClient.Headers("Kerberos token=AAAA");
        headers.Add("x-user", "carol");

        Assert.Equal("TOKEN_MALFORMED", (await app.Client().SendAsync(headers)).Error);
        Assert.Equal(0, app.Behaviour.Runs);
    }

    [Fact]
    public async Task WithoutAuthenticationMiddleware_InterceptorJudges()
    {
        await using var app = await new TestServerApp { UsesMiddleware = false }.StartAsync();

        Assert.Equal("TOKEN_MISSING", (await app.Client().SendAsync()).Error);
        Assert.Equal(TestServerApp.Alice, (await app.Client().CallAsync()).Principal);
    }

    [Fact]
    public async Task TwoKerberosSchemes_SecondHasTheKey_ItsCallerRuns()
    {
        await using var app = await new TestServerApp
        {
            Services = static (a, s) => s.AddAuthentication().AddKerberos("Other", o =>
            {
                var keys = new Testing.Tickets.TestKeys().Add("HTTP/other.test@TEST.LOCAL").Keytab;
                o.TimeProvider = a.Time;
                o.LoadKeytab = _ => ValueTask.FromResult<ReadOnlyMemory<byte>>(Protocol.Credentials.KeytabFile.Write(keys));
            }).AddKerberos("Kerberos", a.Configure),
        }.StartAsync();
        var client = app.Client();

        Assert.Equal(TestServerApp.Alice, (await client.CallAsync()).Principal);
        Assert.Equal("PROOF_REFUSED", (await client.SendAsync(RawClient.Value(client.Prepare("/x/y")))).Error);
    }

    [Theory]
    [InlineData("First", "Second")]
    [InlineData("Second", "First")]
    public async Task TwoKerberosSchemesOnOneKey_OneProofRunsOnce(string first, string second)
    {
        await using var app = await new TestServerApp
        {
            Services = (a, s) => s.AddAuthentication().AddKerberos(first, a.Configure).AddKerberos(second, a.Configure),
            Endpoints = (_, e) => e.RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = $"{first},{second}" }),
        }.StartAsync();
        var client = app.Client();
        var call = client.Prepare();

        Assert.True((await client.SendAsync(RawClient.Value(call))).Proves(call));
        Assert.Equal("REPEAT", (await client.SendAsync(RawClient.Value(call))).Error);
        Assert.Equal(1, app.Behaviour.Runs);
    }

    [Fact]
    public async Task OtherKerberosSchemeThanTheEndpoints_IsDeniedWithProof()
    {
        await using var app = await new TestServerApp
        {
            Services = static (a, s) => s.AddAuthentication("First").AddKerberos("First", a.Configure).AddKerberos("Second", a.Configure),
            Endpoints = static (_, e) => e.RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = "Second" }),
        }.StartAsync();

        await AssertAllowed(app, allowed: false);
    }

    [Fact]
    public async Task OtherInterceptors_ActForNobodyUnproved()
    {
        var seen = new List<string?>();
        await using var app = await new TestServerApp
        {
            Services = (a, s) =>
            {
                s.AddSingleton(new SeeingInterceptor(seen));
                s.AddGrpc(static o =>
                {
                    o.Interceptors.Add<SeeingInterceptor>();
                    o.Interceptors.Add<KerberosServerInterceptor>();
                });
                s.AddAuthentication().AddKerberos(a.Configure);
            },
            UsesMiddleware = false,
        }.StartAsync();
        var client = app.Client();

        await client.SendAsync();
        await client.CallAsync();

        Assert.Equal([TestServerApp.Alice], seen);
    }

    [Fact]
    public async Task ClaimsTransformation_ItsPrincipalReachesTheHandler()
    {
        await using var app = await new TestServerApp
        {
            Services = static (a, s) => s.AddSingleton<IClaimsTransformation, Renaming>().AddAuthentication().AddKerberos(a.Configure),
        }.StartAsync();

        Assert.Equal("renamed alice@TEST.LOCAL", (await app.Client().CallAsync()).Principal);
    }

    [Fact]
    public async Task PlainHttp_Keeps401And403()
    {
        await using var app = await new TestServerApp
        {
            Endpoints = static (a, _) => a.MapGet("/secret", () => "x").RequireAuthorization(),
        }.StartAsync();
        using var client = app.App.GetTestClient();

        using var plain = await client.GetAsync(new Uri("/secret", UriKind.Relative));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/secret");
        request.Headers.TryAddWithoutValidation("authorization", RawClient.Value(app.Client().Prepare("/secret")));
        using var proved = await client.SendAsync(request);

        Assert.Equal((System.Net.HttpStatusCode.Unauthorized, System.Net.HttpStatusCode.Unauthorized), (plain.StatusCode, proved.StatusCode));
    }

    private static TestServerApp WithPolicy(Action<AuthorizationPolicyBuilder> policy) => new()
    {
        Endpoints = (_, e) => e.RequireAuthorization(policy),
    };

    private static TestServerApp BesideHeaderScheme(string defaultScheme) => new()
    {
        Services = (a, s) => s.AddAuthentication(defaultScheme).AddHeaderScheme().AddKerberos(a.Configure),
    };

    private static async Task AssertAllowed(TestServerApp app, bool allowed)
    {
        var client = app.Client();
        var call = client.Prepare();

        var outcome = await client.SendAsync(RawClient.Value(call));

        Assert.Equal(allowed ? StatusCode.OK : StatusCode.PermissionDenied, outcome.Status.StatusCode);
        Assert.Equal(allowed ? "" : MayNotCall, outcome.Status.Detail);
        Assert.True(outcome.Proves(call));
        Assert.Equal(allowed ? null : "Kerberos error=NOT_ALLOWED", outcome.Challenge);
        Assert.Equal(allowed ? 1 : 0, app.Behaviour.Runs);
    }

    private sealed class SeeingInterceptor(List<string?> seen) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            seen.Add(context.GetHttpContext().User.Identity?.Name);
            return continuation(request, context);
        }
    }

    private sealed class Renaming : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal) => Task.FromResult(new ClaimsPrincipal(
            new ClaimsIdentity([new Claim(ClaimTypes.Name, $"renamed {principal.Identity!.Name}")], principal.Identity.AuthenticationType)));
    }
}
