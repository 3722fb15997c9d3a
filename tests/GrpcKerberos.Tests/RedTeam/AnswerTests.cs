using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Tests.AspNetCore;
using GrpcKerberos.Tests.Client;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>Answers changed, or put in the place of others.</summary>
public sealed class AnswerTests
{
    public static TheoryData<string> Changes => ["AP-REP stripped", "AP-REP of another answer", "MIC of another answer", "another answer whole", "MIC stripped"];

    [Theory, MemberData(nameof(Changes))]
    public async Task Answer_Changed_ProvesNothing(string change)
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync();
        AnswerValue? earlier = null;
        using var reader = new OurClient(app, async (_, send) =>
        {
            var response = await send();
            earlier = Read(response);
            return response;
        });
        await Calls.MakeAsync(reader.Invoker, Shape.Unary);
        var isChanging = true;
        using var client = new OurClient(app, async (_, send) =>
        {
            var response = await send();
            if (!isChanging) return response;
            var changed = Changed(Read(response), earlier!.Value, change);
            response.Headers.Remove("authentication-info");
            response.Headers.TryAddWithoutValidation("authentication-info", changed.Format());
            return response;
        });

        Assert.Equal(KerberosError.ServerNotProven, (await Calls.FailAsync(client.Invoker, Shape.Unary)).GetKerberosError());

        isChanging = false;
        Assert.Equal($"Hello {Calls.Words}", await Calls.MakeAsync(client.Invoker, Shape.Unary));
    }

    /// <summary>Two attempts of one session, one number apart, and one that repeats a number.</summary>
    [Fact]
    public async Task Answer_OfOneAttempt_ProvesNoOther()
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync();
        var client = fleet.Client();
        await fleet.RunsAsync(app, Fleet.First(client));
        PreparedCall[] calls = [Fleet.Later(client), Fleet.Later(client), Fleet.First(client)];
        var outcomes = new List<Outcome>();
        foreach (var call in calls) outcomes.Add(await fleet.ShowAsync(app, RawClient.Value(call)));
        var repeated = Fleet.Later(client, number: calls[0].Number);
        var refusal = await fleet.ShowAsync(app, RawClient.Value(repeated));

        for (var i = 0; i < calls.Length; i++)
        {
            for (var j = 0; j < calls.Length; j++) Assert.Equal(i == j, outcomes[j].Proves(calls[i]));
            Assert.False(refusal.ProvesRefusalOf(calls[i]));
            Assert.False(outcomes[i].Proves(repeated));
        }

        Assert.True(refusal.ProvesRefusalOf(repeated));
        Assert.Equal("REPEAT", refusal.Error);
    }

    private static AnswerValue Read(HttpResponseMessage response)
    {
        Assert.True(AnswerValue.TryParse(Assert.Single(response.Headers.GetValues("authentication-info")), out var answer));
        return answer;
    }

    private static AnswerValue Changed(AnswerValue answer, AnswerValue earlier, string change) => change switch
    {
        "AP-REP stripped" => answer with { Token = default },
        "AP-REP of another answer" => answer with { Token = earlier.Token },
        "MIC of another answer" => answer with { Mic = earlier.Mic },
        "MIC stripped" => answer with { Mic = default },
        _ => earlier,
    };
}
