using GrpcKerberos.Tests.Client;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>A handler that calls another service and lets its refusal escape.</summary>
public sealed class InnerRefusalTests
{
    [Theory]
    [InlineData("Kerberos error=SESSION_UNKNOWN")]
    [InlineData("Kerberos error=TICKET_EXPIRED")]
    public async Task Handler_ItsOwnCallIsRefused_RunsOnce(string challenge)
    {
        await using var fleet = new Fleet();
        var (outer, inner) = (await fleet.StartAsync(), await fleet.StartAsync());
        using var toInner = new OurClient(inner, (request, _) => Task.FromResult(OnPath.Refusal(request, challenge)));
        using var toOuter = new OurClient(outer);
        Assert.Equal($"Hello {Calls.Words}", await Calls.MakeAsync(toOuter.Invoker, Shape.Unary));
        outer.Behaviour.Before = _ => Calls.MakeAsync(toInner.Invoker, Shape.Unary);

        var failure = await Calls.FailAsync(toOuter.Invoker, Shape.Unary);

        Assert.Equal(2, outer.Behaviour.Runs);
        Assert.Equal(0, inner.Behaviour.Runs);
        Assert.DoesNotContain(failure.Trailers, static e => e.Key is "www-authenticate" or "authentication-info");
    }
}
