using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Tests.AspNetCore;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>A replica forgets what it ran: by a restart, or pressed to it by an accomplice.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task Calls_OfBeforeTheRestart_RunNothingAfterIt()
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync();
        var client = fleet.Client();
        var opening = Fleet.First(client);
        await fleet.RunsAsync(app, opening);
        PreparedCall[] later = [.. Enumerable.Range(0, 5).Select(_ => Fleet.Later(client))];
        foreach (var call in later) await fleet.RunsAsync(app, call);

        var restarted = await fleet.RestartAsync(app);

        await fleet.RefusesAsync(restarted, "SKEW", opening);
        foreach (var call in later) await fleet.RefusesAsync(restarted, "SESSION_UNKNOWN", call);
        // Once the client is back its window begins above all that is gone.
        await fleet.RunsAsync(restarted, Fleet.First(client));
        await fleet.RefusesAsync(restarted, "SKEW", opening);
        foreach (var call in later) await fleet.RefusesAsync(restarted, "SESSION_UNKNOWN", call);
        Assert.Equal(1, restarted.Behaviour.Runs);
    }

    /// <summary>The token of a call that went to another replica is fresh here, and would bring back a session that was forgotten.</summary>
    [Fact]
    public async Task Session_UsedWithinTwoSkews_IsNotPressedOutToBeRebornFromAnUnreadToken()
    {
        await using var fleet = new Fleet();
        var (first, second) = (await fleet.StartAsync(options: static o => o.MaxSessions = 1000), await fleet.StartAsync());
        var client = fleet.Client();
        await fleet.RunsAsync(first, Fleet.First(client));
        var unread = Fleet.First(client);
        await fleet.RunsAsync(second, unread);
        PreparedCall[] later = [.. Enumerable.Range(0, 5).Select(_ => Fleet.Later(client))];
        foreach (var call in later) await fleet.RunsAsync(first, call);

        var births = 0;
        for (var accomplice = 0; accomplice < 12; accomplice++)
        {
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 130).Select(_ => fleet.ShowAsync(first, RawClient.Value(Fleet.First(fleet.Client($"mallory{accomplice}@TEST.LOCAL"))))));
            births += outcomes.Count(static o => o.Reply is not null);
        }

        Assert.InRange(births, 800, 1000);
        await fleet.RunsAsync(first, unread);
        foreach (var call in later) await fleet.RefusesAsync(first, "REPEAT", call);
        await fleet.RunsAsync(first, Fleet.Later(client));
    }
}
