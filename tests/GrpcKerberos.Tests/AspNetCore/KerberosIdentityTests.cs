using System.Security.Claims;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.AspNetCore.Identity;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class KerberosIdentityTests
{
    [Fact]
    public async Task User_AskedForItsName_MakesNoClaims_AndIsSmall()
    {
        // What the runtime makes for code that runs the first time is not counted: another user is asked before.
        var other = await UserAsync();
        _ = (other.Identity!.Name, other.IsInRole("operators"));
        var user = await UserAsync();

        var identity = Assert.IsType<KerberosIdentity>(user.Identity);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var name = identity.Name;
        var isInRole = user.IsInRole("operators");
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal((TestServerApp.Alice, false), (name, isInRole));

        var caller = identity.Caller;
        KerberosPrincipals.Make(caller, [], null);
        before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) KerberosPrincipals.Make(caller, [], null);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 100;
        Assert.True(each <= 300, $"{each} octets a call");
    }

    [Fact]
    public async Task Identity_ChangedOrCloned_StaysWhatItWas()
    {
        var user = await UserAsync();
        var identity = (ClaimsIdentity)user.Identity!;

        var fresh = identity.Clone();
        identity.AddClaim(new Claim("x", "y"));
        identity.RemoveClaim(identity.FindFirst(KerberosClaimTypes.Realm));
        var changed = identity.Clone();

        Assert.Equal((6, 6, 6), (fresh.Claims.Count(), identity.Claims.Count(), changed.Claims.Count()));
        Assert.True(fresh.HasClaim(KerberosClaimTypes.Realm, "TEST.LOCAL"));
        Assert.True(changed.HasClaim("x", "y"));
        Assert.False(changed.HasClaim(static c => c.Type == KerberosClaimTypes.Realm));
        Assert.Equal(TestServerApp.Alice, changed.Name);
    }

    private static async Task<ClaimsPrincipal> UserAsync()
    {
        await using var app = await new TestServerApp().StartAsync();
        ClaimsPrincipal? user = null;
        app.Behaviour.Before = context =>
        {
            user = Grpc.Core.ServerCallContextExtensions.GetHttpContext(context).User;
            return Task.CompletedTask;
        };
        await app.Client().CallAsync();
        return user!;
    }
}
