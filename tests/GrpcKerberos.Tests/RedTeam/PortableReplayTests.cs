using GrpcKerberos.Tests.AspNetCore;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>What was read behind the end of TLS, shown to other replicas of a portable service.</summary>
public sealed class PortableReplayTests
{
    [Fact]
    public async Task LaterCall_ShownToAnotherReplicaAfterTheSkew_RunsNothing()
    {
        await using var fleet = new Fleet();
        var (first, second) = (await fleet.StartAsync(), await fleet.StartAsync());
        var client = fleet.Client();
        await fleet.RunsAsync(first, Fleet.First(client));
        await fleet.RunsAsync(second, Fleet.First(client));
        var read = Fleet.Later(client);
        await fleet.RunsAsync(first, read);

        fleet.Time.Advance(TimeSpan.FromMinutes(10));

        await fleet.RefusesAsync(second, "SKEW", read);
        await fleet.RefusesAsync(first, "REPEAT", read);
        await fleet.RunsAsync(second, Fleet.Later(client));
    }

    [Fact]
    public async Task FirstCall_ShownToAnotherReplicaAfterTheSkew_RunsNothing()
    {
        await using var fleet = new Fleet();
        var (first, second) = (await fleet.StartAsync(), await fleet.StartAsync());
        var read = Fleet.First(fleet.Client());
        await fleet.RunsAsync(first, read);

        fleet.Time.Advance(TimeSpan.FromMinutes(10));

        await fleet.RefusesAsync(second, "SKEW", read);
    }

    /// <summary>This is what portable means: once on each other replica, within the skew. Server-bound sessions close it.</summary>
    [Fact]
    public async Task Call_ShownToAnotherReplicaWithinTheSkew_RunsThereOnce()
    {
        await using var fleet = new Fleet();
        var (first, second) = (await fleet.StartAsync(), await fleet.StartAsync());
        var client = fleet.Client();
        var opening = Fleet.First(client);
        await fleet.RunsAsync(first, opening);
        var later = Fleet.Later(client);
        await fleet.RunsAsync(first, later);

        // Before its session came here the later one is worth nothing.
        await fleet.RefusesAsync(second, "SESSION_UNKNOWN", later);
        await fleet.RunsAsync(second, opening);
        await fleet.RunsAsync(second, later);

        foreach (var app in (TestServerApp[])[first, second])
        {
            await fleet.RefusesAsync(app, "REPEAT", opening);
            await fleet.RefusesAsync(app, "REPEAT", later);
        }
    }
}
