using System.Security.Claims;
using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Testing.Tickets;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>What a verified PAC comes to: the caller's SIDs, claims, roles and policies.</summary>
public sealed class PacTests
{
    private const string Domain = TestLogonInfo.DefaultDomain;
    private const string Operators = Domain + "-1104";
    private const string Auditors = Domain + "-1105";

    [Fact]
    public async Task Caller_OfAPac_HasSidsNameAndActingServices()
    {
        var caller = (await CallAsync(static p => p.ActingServices = ["svc-web@TEST.LOCAL", "svc-mid@TEST.LOCAL"])).Caller;

        Assert.Equal(Domain + "-1103", caller.UserSid);
        Assert.Equal([Domain + "-513", Operators], caller.GroupSids);
        Assert.Equal("alice@corp.example", caller.UserPrincipalName);
        Assert.Equal(["svc-web@TEST.LOCAL", "svc-mid@TEST.LOCAL"], caller.ActingServices.Select(static s => s.ToString()));
        // All sessions of the caller share them.
        Assert.Throws<NotSupportedException>(() => ((IList<KerberosPrincipal>)caller.ActingServices)[0] = caller.Principal);
        Assert.Empty(caller.AuthenticationIndicators);
    }

    [Fact]
    public async Task Caller_OfNoPac_HasNone()
    {
        var (caller, user) = await CallAsync(null);

        Assert.Null(caller.UserSid);
        Assert.Null(caller.UserPrincipalName);
        Assert.Empty(caller.GroupSids);
        Assert.Empty(caller.ActingServices);
        Assert.DoesNotContain(user.Claims, static c => c.Type is ClaimTypes.PrimarySid or ClaimTypes.PrimaryGroupSid or ClaimTypes.GroupSid or ClaimTypes.Upn or KerberosClaimTypes.ActingService);
        Assert.False(user.IsInRole(Operators));
        Assert.False(user.IsInRole(""));
    }

    [Fact]
    public async Task Claims_OfAPac_AreThoseOfTheSession()
    {
        var (_, user) = await CallAsync(static p => p.ActingServices = ["svc-web@TEST.LOCAL"]);

        string[] Values(string type) => [.. user.FindAll(type).Select(static c => c.Value)];
        Assert.Equal([Domain + "-1103"], Values(ClaimTypes.PrimarySid));
        Assert.Equal([Domain + "-513"], Values(ClaimTypes.PrimaryGroupSid));
        Assert.Equal([Domain + "-513", Operators], Values(ClaimTypes.GroupSid));
        Assert.Equal(["alice@corp.example"], Values(ClaimTypes.Upn));
        Assert.Equal(["svc-web@TEST.LOCAL"], Values(KerberosClaimTypes.ActingService));
        Assert.Equal([TestServerApp.Alice], Values(ClaimTypes.NameIdentifier));
        Assert.All(user.Claims, static c => Assert.Equal("TEST.LOCAL", c.Issuer));
        // Made by now, the claims answer as the session did.
        Assert.True(user.IsInRole(Operators));
        Assert.False(user.IsInRole(Auditors));
    }

    [Fact]
    public async Task Caller_OfAnAuthenticationIndicator_SaysHowItProvedItself()
    {
        await using var app = await new TestServerApp().StartAsync();
        (IReadOnlyList<string> Indicators, string[] Claims) seen = ([], []);
        app.Behaviour.Before = context =>
        {
            seen = (context.GetRequiredKerberosCaller().AuthenticationIndicators, [.. context.GetHttpContext().User.FindAll(KerberosClaimTypes.AuthenticationIndicator).Select(static c => c.Value)]);
            return Task.CompletedTask;
        };

        await app.Client(change: static t => t.AuthorizationData = [AuthorizationData.IfRelevant(new TestCammac(t.SealingKey, "otp", "pkinit").Build())]).CallAsync();

        Assert.Equal(["otp", "pkinit"], seen.Indicators);
        Assert.Equal(["otp", "pkinit"], seen.Claims);
    }

    /// <summary>As code that was written for WindowsIdentity asks, at the cost of a look at the session.</summary>
    [Fact]
    public async Task IsInRole_OfASid_MakesNoClaims()
    {
        var (_, user) = await CallAsync(static p => p.Logon!.Groups = [.. Enumerable.Range(1104, 1001).Where(static n => n != 1105).Select(static n => ((uint)n, TestLogonInfo.Enabled))]);
        Assert.True(user.IsInRole(Operators));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var answers = (user.IsInRole(Operators), user.IsInRole(Domain + "-2104"), user.IsInRole(Auditors), user.IsInRole("operators"), user.IsInRole("S-1-5-32-544"));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal((true, true, false, false, false), answers);
        Assert.True(allocated < 300, $"{allocated} octets");
    }

    [Theory]
    [InlineData(Operators, true)]
    [InlineData(Auditors, false)]
    [InlineData(Domain + "-1103", false)]
    public async Task RequireKerberosGroup_OfItsSid_MatchesOrIsDeniedWithProof(string sid, bool allowed)
    {
        var app = new TestServerApp { Endpoints = (_, e) => e.RequireAuthorization(p => p.RequireKerberosGroup("S-1-5-21-1-2-3-4", sid)) };
        await AssertAllowedAsync(app, allowed);
    }

    [Fact]
    public async Task RequireKerberosGroup_CallerWithoutAPac_IsDenied()
    {
        await using var app = await new TestServerApp { Endpoints = static (_, e) => e.RequireAuthorization(static p => p.RequireKerberosGroup(Operators)) }.StartAsync();
        Assert.Equal(StatusCode.PermissionDenied, (await app.Client().SendAsync(RawClient.Value(app.Client().Prepare()))).Status.StatusCode);
        Assert.Contains(
            "a policy is not met, and the ticket names no SIDs, since it has no PAC with logon information. Next: let Microsoft.AspNetCore.Authorization log at Information",
            Assert.Single(app.Log.Ours, static l => l.Id.Id == 120).Text,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("operators")]
    [InlineData("CORP\\Operators")]
    [InlineData("")]
    public void RequireKerberosGroup_OfAName_SaysThatItIsNoSid(string text) =>
        Assert.Contains("Next:", Assert.Throws<ArgumentException>(() => new AuthorizationPolicyBuilder().RequireKerberosGroup(Operators, text)).Message, StringComparison.Ordinal);

    [Fact]
    public void RequireKerberosGroup_OfNothing_Throws() => Assert.Throws<ArgumentException>(static () => new AuthorizationPolicyBuilder().RequireKerberosGroup());

    [Theory]
    [InlineData(Operators, true)]
    [InlineData(Domain + "-1103", true)]
    [InlineData(Auditors, false)]
    public async Task Roles_OfSids_AreRolesOfTheUser(string sid, bool allowed)
    {
        var app = new TestServerApp
        {
            Endpoints = static (_, e) => e.RequireAuthorization(static p => p.RequireRole("ops")),
            Options = o => o.Roles["ops"] = ["svc-deploy@TEST.LOCAL", sid],
        };
        await AssertAllowedAsync(app, allowed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RequirePac_CallWithout_IsRefused(bool hasPac)
    {
        await using var app = await new TestServerApp { Options = static o => o.RequirePac = true }.StartAsync();
        var client = Client(app, hasPac ? new TestPac() : null);
        var outcome = await client.SendAsync(RawClient.Value(client.Prepare()));
        Assert.Equal(hasPac ? StatusCode.OK : StatusCode.Unauthenticated, outcome.Status.StatusCode);
        if (!hasPac) Assert.Equal("PAC_REFUSED", outcome.Error);
    }

    [Fact]
    public async Task BadPac_OnAnEndpointForAnybody_IsRefusedAndRunsNothing()
    {
        await using var app = await new TestServerApp { Endpoints = static (_, e) => e.AllowAnonymous() }.StartAsync();
        var client = Client(app, new TestPac { ClientName = "bob" });
        var outcome = await client.SendAsync(RawClient.Value(client.Prepare()));
        Assert.Equal((StatusCode.Unauthenticated, "PAC_REFUSED", 0), (outcome.Status.StatusCode, outcome.Error, app.Behaviour.Runs));
    }

    private static RawClient Client(TestServerApp app, TestPac? pac) => app.Client(change: t => t.Pac = pac);

    private static async Task<(KerberosCaller Caller, ClaimsPrincipal User)> CallAsync(Action<TestPac>? change)
    {
        await using var app = await new TestServerApp().StartAsync();
        (KerberosCaller Caller, ClaimsPrincipal User) seen = default;
        app.Behaviour.Before = context =>
        {
            seen = (context.GetRequiredKerberosCaller(), context.GetHttpContext().User);
            return Task.CompletedTask;
        };
        var pac = change is null ? null : new TestPac();
        if (pac is not null) change!(pac);
        await Client(app, pac).CallAsync();
        return seen;
    }

    private static async Task AssertAllowedAsync(TestServerApp app, bool allowed)
    {
        await using var owned = await app.StartAsync();
        var client = Client(app, new TestPac());
        var call = client.Prepare();
        var outcome = await client.SendAsync(RawClient.Value(call));
        Assert.Equal(allowed ? StatusCode.OK : StatusCode.PermissionDenied, outcome.Status.StatusCode);
        Assert.True(outcome.Proves(call));
        Assert.Equal(allowed ? 1 : 0, app.Behaviour.Runs);
    }
}
