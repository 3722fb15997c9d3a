using System.Security.Claims;
using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class EventTests
{
    [Fact]
    public async Task OnSessionEstablished_Claims_AreTheUsersRolesToo()
    {
        await using var app = await new TestServerApp
        {
            Options = static o => o.Events.OnSessionEstablished = static context =>
            {
                context.Claims.Add(new Claim(ClaimTypes.Role, $"role of {context.Caller.Principal}"));
                return Task.CompletedTask;
            },
            Endpoints = static (_, e) => e.RequireAuthorization(static p => p.RequireRole($"role of {TestServerApp.Alice}")),
        }.StartAsync();

        await app.Client().CallAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OnSessionEstablished_Refuse_IsDeniedWithProofEvenWhereAnonymousMayCall(bool anonymous)
    {
        await using var app = await new TestServerApp
        {
            Options = static o => o.Events.OnSessionEstablished = static context =>
            {
                context.Refuse("left the company");
                return Task.CompletedTask;
            },
            Endpoints = (app, e) =>
            {
                if (anonymous) e.AllowAnonymous();
                else e.RequireAuthorization();
            },
        }.StartAsync();
        var client = app.Client();
        var call = client.Prepare();

        var outcome = await client.SendAsync(RawClient.Value(call));

        Assert.Equal(
            (StatusCode.PermissionDenied, "The caller is authenticated but may not call /greeter.v1.Greeter/SayHello. Next: the server's log names the requirement."),
            (outcome.Status.StatusCode, outcome.Status.Detail));
        Assert.True(outcome.Proves(call));
        Assert.Equal("Kerberos error=NOT_ALLOWED", outcome.Challenge);
        Assert.Equal(0, app.Behaviour.Runs);
        Assert.Contains(app.Log.Ours, static l => l.Id.Id == 120 && l.Text.Contains("left the company", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OnAuthenticationFailed_RefusedProof_ToldOnceWithDetail()
    {
        var told = new List<(KerberosError Error, string Detail)>();
        await using var app = await new TestServerApp
        {
            Options = o => o.Events.OnAuthenticationFailed = context =>
            {
                told.Add((context.Error, context.Detail));
                return Task.CompletedTask;
            },
        }.StartAsync();
        var client = app.Client();
        var call = client.Prepare();
        app.Time.Advance(TimeSpan.FromMinutes(6));

        await client.SendAsync(RawClient.Value(call));
        await client.SendAsync();

        var (error, detail) = Assert.Single(told);
        Assert.Equal(KerberosError.ClockSkew, error);
        Assert.StartsWith("the clock of alice@TEST.LOCAL is 0:06:00 behind ours", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EventsType_DerivedEvents_AreMadeByServices()
    {
        await using var app = await new TestServerApp
        {
            Services = static (a, s) => s.AddSingleton<RecordingEvents>().AddAuthentication().AddKerberos(a.Configure),
            Options = static o => o.EventsType = typeof(RecordingEvents),
        }.StartAsync();

        await app.Client().CallAsync();

        Assert.Equal([TestServerApp.Alice], app.App.Services.GetRequiredService<RecordingEvents>().Callers);
    }

    private sealed class RecordingEvents : KerberosEvents
    {
        public List<string> Callers { get; } = [];

        public override Task SessionEstablished(KerberosSessionEstablishedContext context)
        {
            Callers.Add(context.Caller.ToString());
            return Task.CompletedTask;
        }
    }
}
