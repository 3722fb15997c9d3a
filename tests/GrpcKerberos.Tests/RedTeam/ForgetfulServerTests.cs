using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Tests.Client;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>A server that forgets everything between any two calls.</summary>
public sealed class ForgetfulServerTests
{
    public static TheoryData<Shape, bool> All
    {
        get
        {
            var data = new TheoryData<Shape, bool>();
            foreach (var shape in Enum.GetValues<Shape>()) data.Add(shape, true);
            // In clear a session is one process's own: a stream of requests cannot be sent to the next one.
            foreach (var shape in (Shape[])[Shape.Blocking, Shape.Unary, Shape.ServerStreaming]) data.Add(shape, false);
            return data;
        }
    }

    [Theory, MemberData(nameof(All))]
    public async Task Server_ForgetsBetweenCalls_OurClientNeverSeesIt(Shape shape, bool tls)
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync(tls);
        using var client = new OurClient(app);
        if (!tls) await Calls.MakeAsync(client.Invoker, Shape.Unary);
        var before = app.Behaviour.Runs;

        for (var i = 0; i < 6; i++)
        {
            await Calls.MakeAsync(client.Invoker, shape);
            await app.App.Services.GetRequiredService<SchemeAcceptors>().RestartAsync();
            fleet.Time.Advance(TimeSpan.FromMilliseconds(i));
        }

        // A duplex call answers twice.
        Assert.Equal(6 * (shape == Shape.Duplex ? 2 : 1), app.Behaviour.Runs - before);
    }
}
