using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Tests.AspNetCore;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>All that can be read on a way without TLS, shown elsewhere.</summary>
public sealed class ServerBoundTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EverythingRead_ShownAgain_RunsNothingAnywhere(bool tls)
    {
        await using var fleet = new Fleet();
        var (first, second) = (await StartAsync(fleet, tls), await StartAsync(fleet, tls));
        var client = fleet.Client();
        var opening = Fleet.First(client);
        var bound = await fleet.ProvesAsync(first, client, opening);
        var proved = Fleet.Later(client, bound, opening.Number);
        await fleet.RunsAsync(first, proved);
        var later = Fleet.Later(client, bound);
        await fleet.RunsAsync(first, later);

        await fleet.RefusesAsync(first, "REPEAT", opening);
        await fleet.RefusesAsync(second, "PROVE", opening);
        var restarted = await fleet.RestartAsync(first, static o => o.SessionPortability = SessionPortability.ServerBound);
        await fleet.RefusesAsync(restarted, "SKEW", opening);
        foreach (var call in (PreparedCall[])[proved, later])
        {
            await fleet.RefusesAsync(second, "SESSION_UNKNOWN", call);
            await fleet.RefusesAsync(restarted, "SESSION_UNKNOWN", call);
        }

        // Nor once the client has a session there.
        var elsewhere = await fleet.ProvesAsync(restarted, client, Fleet.First(client));
        await fleet.RunsAsync(restarted, Fleet.Later(client, elsewhere));
        await fleet.RefusesAsync(restarted, "SESSION_UNKNOWN", later);
        Assert.Equal((0, 1), (second.Behaviour.Runs, restarted.Behaviour.Runs));
    }

    [Fact]
    public async Task Stream_ShownElsewhere_RunsNothing()
    {
        await using var fleet = new Fleet();
        var (first, second) = (await fleet.StartAsync(tls: false), await fleet.StartAsync(tls: false));
        var client = fleet.Client();
        var bound = await fleet.ProvesAsync(first, client, Fleet.First(client));
        var stream = Fleet.Later(client, bound, method: Fleet.SayHellos);
        Assert.Equal(StatusCode.OK, (await fleet.ShowStreamAsync(first, stream)).Status);

        var (status, challenge) = await fleet.ShowStreamAsync(second, stream);
        Assert.Equal((StatusCode.Unauthenticated, "Kerberos error=SESSION_UNKNOWN"), (status, challenge));
        (status, challenge) = await fleet.ShowStreamAsync(first, stream);
        Assert.Equal(StatusCode.Unauthenticated, status);
        Assert.StartsWith("Kerberos error=REPEAT", challenge, StringComparison.Ordinal);
        Assert.Equal((1, 0), (first.Behaviour.Runs, second.Behaviour.Runs));
    }

    [Fact]
    public async Task FirstCallInClear_CarriedToTheSiblingTlsPort_RunsNothing()
    {
        await using var fleet = new Fleet();
        var (clear, tls) = (await fleet.StartAsync(tls: false), await fleet.StartAsync());
        var read = Fleet.First(fleet.Client(flags: ProofElement.SentInClear));

        await fleet.RefusesAsync(tls, "PROVE", read);
        await fleet.RefusesAsync(clear, "PROVE", read);

        await fleet.RunsAsync(tls, Fleet.First(fleet.Client()));
    }

    [Fact]
    public async Task PortableSession_OnThePortInClear_IsNotTaken()
    {
        await using var fleet = new Fleet();
        var (clear, tls) = (await fleet.StartAsync(tls: false), await fleet.StartAsync());
        var client = fleet.Client();
        await fleet.RunsAsync(tls, Fleet.First(client));
        var read = Fleet.Later(client);

        await fleet.RefusesAsync(clear, "SESSION_UNKNOWN", read);

        await fleet.RunsAsync(tls, read);
    }

    private static Task<TestServerApp> StartAsync(Fleet fleet, bool tls) => fleet.StartAsync(tls, static o => o.SessionPortability = SessionPortability.ServerBound);
}
