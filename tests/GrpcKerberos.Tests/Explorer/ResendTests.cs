using Grpc.Core;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>Schedules too rare to wait for.</summary>
public sealed class ResendTests
{
    /// <summary>A client sends a call again for five minutes: a replica that forgot it after less would run it again.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(10)]
    public void SessionUnknownForged_LongAfterTheRun_RunsNothingTwice(int skewMinutes) => Exploration.OnBareThread(() =>
    {
        using var world = new World(new Setting { Replicas = [0], ServerSkew = TimeSpan.FromMinutes(skewMinutes) }, seed: 1);
        world.StartCall(Link.Tls, MethodType.Unary, Attempts.One);
        var (birth, answer) = Deliver(world);
        birth.Source!.Answer(answer);
        var call = world.StartCall(Link.Tls, MethodType.Unary, Attempts.One);
        var (first, _) = Deliver(world);
        // Others push it out, and give way to it again.
        world.Advance(TimeSpan.FromSeconds(121));
        world.Replicas[0].Press(Replica.Capacity);
        world.Advance(TimeSpan.FromSeconds(121));
        first.Source!.Answer(Reply.Refused(StatusCode.Unauthenticated, new RefusalValue(KerberosError.SessionUnknown.ToWireName()).Format()));
        var (again, _) = Deliver(world);
        Assert.Equal(first.Unit, again.Unit);
        Assert.NotEqual(first.Id, again.Id);
        Assert.Null(world.Ledger.Violation);
        Assert.Equal(2, world.Ledger.Counts["runs"]);
        Assert.False(call.IsOk);
    });

    private static (Packet Packet, Reply Reply) Deliver(World world)
    {
        var (packet, to) = Assert.Single(world.Flights);
        world.Flights.Clear();
        return (packet, world.Show("client", to, packet.Header, packet.Method, packet.Body, packet.Link, packet));
    }
}
