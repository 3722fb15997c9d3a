using Greeter.V1;
using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>As users write their contract tests: accounts with SIDs in a realm, our client, and the application's own authorization.</summary>
public sealed class AccountSidTests
{
    private const string User = "S-1-5-21-1-2-3-1104";
    private const string Operators = "S-1-5-21-1-2-3-1105";
    private const string Auditors = "S-1-5-21-1-2-3-1106";
    private const string Foreign = "S-1-5-21-7-8-9-1200";

    [Theory]
    [InlineData(Operators, true)]
    [InlineData(Foreign, true)]
    [InlineData(Auditors, false)]
    [InlineData(User, false)]
    public Task RequireKerberosGroup_OfTheAccounts_Decides(string sid, bool allowed) =>
        AssertAsync(e => e.RequireAuthorization(p => p.RequireKerberosGroup(sid)), null, In(Operators, Foreign), allowed ? StatusCode.OK : StatusCode.PermissionDenied);

    [Theory]
    [InlineData(Operators, true)]
    [InlineData(User, true)]
    [InlineData(Auditors, false)]
    public Task Roles_BySid_Decide(string sid, bool allowed) =>
        AssertAsync(static e => e.RequireAuthorization(static p => p.RequireRole("ops")), o => o.Roles["ops"] = [sid], In(Operators), allowed ? StatusCode.OK : StatusCode.PermissionDenied);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task RequirePac_TakesAccountsWithASidAlone(bool hasSid) =>
        AssertAsync(static _ => { }, static o => o.RequirePac = true, hasSid ? In() : static _ => { }, hasSid ? StatusCode.OK : StatusCode.Unauthenticated);

    [Fact]
    public async Task Caller_OfAnAccountWithASid_HasWhatItWasGiven()
    {
        KerberosCaller? caller = null;
        await AssertAsync(static _ => { }, null, In(Operators), StatusCode.OK, context => caller = context.GetRequiredKerberosCaller());

        Assert.Equal(User, caller!.UserSid);
        Assert.Equal(["S-1-5-21-1-2-3-513", Operators], caller.GroupSids);
        Assert.Equal("alice@test.local", caller.UserPrincipalName);
    }

    private static Action<TestAccountOptions> In(params string[] groups) => o =>
    {
        o.Sid = User;
        foreach (var group in groups) o.GroupSids.Add(group);
    };

    private static async Task AssertAsync(
        Action<GrpcServiceEndpointConventionBuilder> endpoint, Action<KerberosAuthenticationOptions>? server, Action<TestAccountOptions> account, StatusCode expected, Action<ServerCallContext>? see = null)
    {
        await using var realm = await TestRealm.StartAsync();
        await using var app = await new TestServerApp
        {
            Services = (_, s) => s.AddAuthentication().AddKerberos(o =>
            {
                o.Keytab = realm.AddService("HTTP/localhost").Keytab;
                server?.Invoke(o);
            }),
            Endpoints = (_, e) => endpoint(e),
        }.StartAsync();
        app.Behaviour.Before = context =>
        {
            see?.Invoke(context);
            return Task.CompletedTask;
        };
        using var channel = app.Channel();
        var client = new Greeter.V1.Greeter.GreeterClient(channel.WithKerberos(new KerberosClientOptions { Krb5Config = realm.Krb5Config, Keytab = realm.AddUser("alice", account).Keytab }));

        var status = StatusCode.OK;
        try
        {
            await client.SayHelloAsync(new HelloRequest { Name = "x" });
        }
        catch (RpcException e)
        {
            status = e.StatusCode;
        }

        Assert.Equal(expected, status);
        Assert.Equal(expected == StatusCode.OK ? 1 : 0, app.Behaviour.Runs);
    }
}
