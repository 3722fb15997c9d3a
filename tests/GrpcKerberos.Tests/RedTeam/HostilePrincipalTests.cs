using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Tests.AspNetCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>An ordinary principal that fills what is there for all.</summary>
public sealed class HostilePrincipalTests
{
    private const string Mallory = "mallory@TEST.LOCAL";
    private const string Bob = "bob@TEST.LOCAL";

    [Fact]
    public async Task Sessions_FilledByOne_OthersStillGetIn()
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync(options: static o => o.MaxSessions = 1000);
        var alice = fleet.Client();
        await fleet.RunsAsync(app, Fleet.First(alice));

        var (ran, refused) = await FloodAsync(fleet, app, 200);

        Assert.Equal((125, 75), (ran, refused));
        await fleet.RunsAsync(app, Fleet.Later(alice));
        Assert.Equal(Bob, (await fleet.RunsAsync(app, Fleet.First(fleet.Client(Bob)))).Principal);
        Assert.Equal(127, app.App.Services.GetRequiredService<KerberosSessions>().Count);
        // Its own sessions serve it still.
        await fleet.RunsAsync(app, Fleet.First(alice));
    }

    [Fact]
    public async Task ReplayCache_FilledByOne_OthersStillGetIn()
    {
        await using var fleet = new Fleet();
        var cache = new MemoryReplayCache(fleet.Time, capacity: 160);
        var app = await fleet.StartAsync(change: a => a.Services = (app, services) => services.AddSingleton<IReplayCache>(cache).AddAuthentication().AddKerberos(app.Configure));
        var alice = fleet.Client();
        await fleet.RunsAsync(app, Fleet.First(alice));

        var (ran, refused) = await FloodAsync(fleet, app, 60);

        Assert.Equal((20, 40), (ran, refused));
        await fleet.RunsAsync(app, Fleet.Later(alice));
        Assert.Equal(Bob, (await fleet.RunsAsync(app, Fleet.First(fleet.Client(Bob)))).Principal);
        // In time it has its share again.
        fleet.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(Mallory, (await fleet.RunsAsync(app, Fleet.First(fleet.Client(Mallory)))).Principal);
    }

    [Fact]
    public async Task Calls_WithBadMics_StoreNothingAndEndNoSession()
    {
        await using var fleet = new Fleet();
        var cache = new MemoryReplayCache(fleet.Time, capacity: 160);
        var app = await fleet.StartAsync(change: a => a.Services = (app, services) => services.AddSingleton<IReplayCache>(cache).AddAuthentication().AddKerberos(app.Configure));
        var alice = fleet.Client();
        await fleet.RunsAsync(app, Fleet.First(alice));
        var (kept, known) = (cache.Count, Fleet.Later(alice));

        for (var i = 0; i < 50; i++)
        {
            var call = Fleet.First(i % 2 == 0 ? alice : fleet.Client(Bob), Fleet.SayHellos);
            await fleet.RefusesAsync(app, "PROOF_REFUSED", call);
        }

        Assert.Equal(kept, cache.Count);
        Assert.Equal(1, app.App.Services.GetRequiredService<KerberosSessions>().Count);
        await fleet.RunsAsync(app, known);
    }

    private static async Task<(int Ran, int Refused)> FloodAsync(Fleet fleet, TestServerApp app, int calls)
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => fleet.ShowAsync(app, RawClient.Value(Fleet.First(fleet.Client(Mallory))))));
        Assert.All(outcomes.Where(static o => o.Reply is null), static o => Assert.Equal((StatusCode.ResourceExhausted, "UNAVAILABLE"), (o.Status.StatusCode, o.Error)));
        return (outcomes.Count(static o => o.Reply is not null), outcomes.Count(static o => o.Reply is null));
    }
}
