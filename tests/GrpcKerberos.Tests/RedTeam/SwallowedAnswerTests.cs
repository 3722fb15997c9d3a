using Grpc.Core;
using GrpcKerberos.Protocol;
using GrpcKerberos.Tests.Client;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>Somebody lets a call run, swallows its answer, and says in the server's place that the session is unknown.</summary>
public sealed class SwallowedAnswerTests
{
    public static TheoryData<Shape> Repeatable => [Shape.Unary, Shape.Blocking, Shape.ServerStreaming];

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SessionUnknown_ForgedAfterTheCallRan_RunsItOnceAllTheSame(Shape shape)
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync();
        var (calls, isForging) = (0, false);
        using var client = new OurClient(app, async (request, send) =>
        {
            calls++;
            var response = await send();
            if (!isForging) return response;
            isForging = false;
            await response.Content.ReadAsByteArrayAsync();
            response.Dispose();
            return OnPath.Refusal(request, "Kerberos error=SESSION_UNKNOWN");
        });
        await Calls.MakeAsync(client.Invoker, shape);
        isForging = true;

        var failure = await Calls.FailAsync(client.Invoker, shape);

        Assert.Equal(KerberosError.Replayed, failure.GetKerberosError());
        Assert.Equal((3, 2), (calls, app.Behaviour.Runs));
        await Calls.MakeAsync(client.Invoker, shape);
        Assert.Equal(3, app.Behaviour.Runs);
    }

    [Theory]
    [InlineData(Shape.ClientStreaming)]
    [InlineData(Shape.Duplex)]
    public async Task SessionUnknown_ForgedForAStream_IsNotSentAgain(Shape shape)
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync();
        var (calls, isForging) = (0, false);
        using var client = new OurClient(app, async (request, send) =>
        {
            calls++;
            if (!isForging) return await send();
            isForging = false;
            return OnPath.Refusal(request, "Kerberos error=SESSION_UNKNOWN");
        });
        await Calls.MakeAsync(client.Invoker, shape);
        isForging = true;

        Assert.Equal((StatusCode.Unavailable, KerberosError.SessionUnknown), Kind(await Calls.FailAsync(client.Invoker, shape)));

        Assert.Equal(2, calls);
        await Calls.MakeAsync(client.Invoker, shape);
    }

    private static (StatusCode Status, KerberosError? Error) Kind(RpcException failure) => (failure.StatusCode, failure.GetKerberosError());
}
