using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>Refusals whose MIC shows that they come from who opened the attempt.</summary>
public class ProvedRefusalTests
{
    [Theory, InlineData(Shape.Blocking), InlineData(Shape.Unary), InlineData(Shape.ServerStreaming)]
    public async Task TicketExpired_Once_IsSentAgainWithANewTicket(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = (received, run) => scene.Server.Received.Count == 1 ? Refuse(received, ApRejection.TicketExpired) : ScriptedServer.Answer(received, run);
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal(2, scene.Server.Received.Select(static r => r.Proof.Session).Distinct().Count());
        Assert.Equal(2, scene.Tickets.Issued);
    }

    [Theory, InlineData(Shape.Blocking), InlineData(Shape.Unary), InlineData(Shape.ServerStreaming)]
    public async Task TicketExpired_Always_FailsAfterOneNewTicket(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = static (received, _) => Refuse(received, ApRejection.TicketExpired);
        CallShapeTests.AssertOurs(await Calls.FailAsync(scene.Invoker, shape), KerberosError.TicketExpired, "The service judged our ticket expired at ");
        Assert.Equal(2, scene.Server.Received.Count);
        Assert.Equal(2, scene.Tickets.Issued);
        Assert.Equal(1, scene.Tickets.LoginsForgotten);
    }

    [Fact]
    public async Task TicketExpired_CallAfterCall_CostsTheKdcOneTicketInFiveSeconds()
    {
        var time = new AdvancedTime();
        await using var scene = await ClientScene.StartAsync(settings: new GrpcKerberos.Client.ClientSettings { TimeProvider = time });
        scene.Server.Script = static (received, _) => Refuse(received, ApRejection.TicketExpired);
        for (var i = 0; i < 5; i++) await Calls.FailAsync(scene.Invoker, Shape.Unary);
        time.Advance(TimeSpan.FromSeconds(4));
        await Calls.FailAsync(scene.Invoker, Shape.Unary);
        Assert.Equal((2, 1), (scene.Tickets.Issued, scene.Tickets.LoginsForgotten));
        time.Advance(TimeSpan.FromSeconds(1));
        await Calls.FailAsync(scene.Invoker, Shape.Unary);
        Assert.Equal((3, 2), (scene.Tickets.Issued, scene.Tickets.LoginsForgotten));
    }

    [Theory, InlineData(Shape.Blocking), InlineData(Shape.Unary), InlineData(Shape.ServerStreaming)]
    public async Task TicketExpired_BehindAnotherRefusal_IsNotSentAgain(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync();
        await Calls.MakeAsync(scene.Invoker, shape);
        scene.Server.Restart();
        scene.Server.Script = static (received, run) => received.HasToken ? Refuse(received, ApRejection.TicketExpired) : ScriptedServer.Answer(received, run);
        // Who swallowed the answer to a call that ran could lead it here: under another K it would have another number, and run again.
        CallShapeTests.AssertOurs(await Calls.FailAsync(scene.Invoker, shape), KerberosError.TicketExpired, "The service judged our ticket expired at ");
        Assert.Equal([true, false, true], scene.Server.Received.Select(static r => r.HasToken));
        scene.Server.Script = ScriptedServer.Answer;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal(2, scene.Tickets.Issued);
    }

    [Theory, InlineData(Shape.ClientStreaming), InlineData(Shape.Duplex)]
    public async Task TicketExpired_OfAStream_IsNotSentAgain(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = static (received, _) => Refuse(received, ApRejection.TicketExpired);
        CallShapeTests.AssertOurs(await Calls.FailAsync(scene.Invoker, shape), KerberosError.TicketExpired, "The service judged our ticket expired at ");
        Assert.Single(scene.Server.Received);
        Assert.Equal(1, scene.Tickets.Forgotten);
    }

    [Theory]
    [InlineData(nameof(ApRejection.MicInvalid), KerberosError.ProofRefused, "HTTP/localhost@TEST.LOCAL refused the call: ProofRefused (KRB_AP_ERR_MODIFIED, 41). Next: its log, event 120, names the step.")]
    [InlineData(nameof(ApRejection.NumberLate), KerberosError.ProofRefused, "HTTP/localhost@TEST.LOCAL refused the call: ProofRefused (KRB_AP_ERR_BADORDER, ")]
    [InlineData(nameof(ApRejection.AddressMismatch), KerberosError.AddressMismatch, "HTTP/localhost@TEST.LOCAL refused the call: AddressMismatch (KRB_AP_ERR_BADADDR, 38). Next: its log, event 120, names the step.")]
    [InlineData(nameof(ApRejection.ChannelBindingMismatch), KerberosError.ChannelBindingMismatch, "HTTP/localhost@TEST.LOCAL demands a channel binding, and this client sends none. Next: set KerberosClientOptions.ChannelBinding to ")]
    public async Task Refusal_OfAnotherKind_IsFinal(string cause, KerberosError error, string text)
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = (received, _) => Refuse(received, Enum.Parse<ApRejection>(cause));
        CallShapeTests.AssertOurs(await Calls.FailAsync(scene.Invoker, Shape.Unary), error, text);
        Assert.Single(scene.Server.Received);
        Assert.Equal(0, scene.Tickets.Forgotten);
    }

    private static Task Refuse(Received received, ApRejection cause)
    {
        received.RefuseProved(cause);
        return Task.CompletedTask;
    }
}
