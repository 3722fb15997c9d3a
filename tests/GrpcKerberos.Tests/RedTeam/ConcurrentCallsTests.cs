using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Tests.AspNetCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>Honest calls that overtake one another.</summary>
public sealed class ConcurrentCallsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FirstCalls_SixtyFourAtOnceInAnyOrder_AllRunInOneSession(bool tls)
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync(tls);
        var client = fleet.Client();
        PreparedCall[] calls = [.. Enumerable.Range(0, 64).Select(_ => Fleet.First(client)).Reverse()];

        var outcomes = await Task.WhenAll(calls.Select(c => fleet.ShowAsync(app, RawClient.Value(c))));

        if (!tls)
        {
            Assert.All(outcomes, static o => Assert.Equal("PROVE", o.Error));
            var again = Fleet.First(client);
            var bound = await fleet.ProvesAsync(app, client, again);
            calls = [.. calls.Select(c => Fleet.Later(client, bound, c.Number))];
            outcomes = await Task.WhenAll(calls.Select(c => fleet.ShowAsync(app, RawClient.Value(c))));
        }

        Assert.All(calls.Zip(outcomes), static p => Assert.True(p.Second.Proves(p.First), p.Second.Challenge));
        Assert.Equal(64, app.Behaviour.Runs);
        Assert.Equal(1, app.App.Services.GetRequiredService<KerberosSessions>().Count);
    }

    [Fact]
    public async Task LaterCalls_BurstArrivingBackwards_AllRunAndNoneTwice()
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync();
        var client = fleet.Client();
        await fleet.RunsAsync(app, Fleet.First(client));
        PreparedCall[] calls = [.. Enumerable.Range(0, 1500).Select(_ => Fleet.Later(client)).Reverse()];

        foreach (var part in calls.Chunk(100))
        {
            var outcomes = await Task.WhenAll(part.Select(c => fleet.ShowAsync(app, RawClient.Value(c))));
            Assert.All(part.Zip(outcomes), static p => Assert.True(p.Second.Proves(p.First), p.Second.Challenge));
        }

        Assert.Equal(1501, app.Behaviour.Runs);
        foreach (var i in (int[])[0, 700, 1499]) await fleet.RefusesAsync(app, "REPEAT", calls[i]);
    }
}
