using Grpc.Core;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Sessions;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>What an answer without proof may say, and what nobody may.</summary>
public class UnprovedStatusTests
{
    private static readonly StatusCode[] s_passing =
    [
        StatusCode.Unavailable, StatusCode.DeadlineExceeded, StatusCode.Cancelled, StatusCode.ResourceExhausted,
        StatusCode.Internal, StatusCode.Unknown, StatusCode.Unimplemented,
    ];

    public static TheoryData<Shape, StatusCode> All
    {
        get
        {
            var data = new TheoryData<Shape, StatusCode>();
            foreach (var shape in Enum.GetValues<Shape>())
            {
                foreach (var code in Enum.GetValues<StatusCode>().Except([StatusCode.OK])) data.Add(shape, code);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(All))]
    public async Task Status_WithoutProof_PassesOnlyWhereProxiesMakeIt(Shape shape, StatusCode code)
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = (received, _) =>
        {
            received.EndWith((int)code);
            return Task.CompletedTask;
        };
        var failure = await Calls.FailAsync(scene.Invoker, shape);
        if (s_passing.Contains(code))
        {
            Assert.Equal(code, failure.StatusCode);
            Assert.Equal("scripted", failure.Status.Detail);
            Assert.Null(failure.GetKerberosError());
        }
        else
        {
            CallShapeTests.AssertOurs(failure, KerberosError.ServerNotProven, "HTTP/localhost@TEST.LOCAL answered without proving who it is (no authentication-info).");
        }

        Assert.Single(scene.Server.Received);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Status_WithProof_PassesAsItIs(Shape shape, StatusCode code)
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = (received, _) =>
        {
            received.Prove();
            received.EndWith((int)code);
            return Task.CompletedTask;
        };
        var failure = await Calls.FailAsync(scene.Invoker, shape);
        Assert.Equal(code, failure.StatusCode);
        Assert.Equal("scripted", failure.Status.Detail);
        Assert.Null(failure.GetKerberosError());
    }

    [Theory, InlineData(Shape.Blocking), InlineData(Shape.Unary), InlineData(Shape.ClientStreaming), InlineData(Shape.ServerStreaming), InlineData(Shape.Duplex)]
    public async Task MutualOff_ProofAbsent_PassesAndWrongNever(Shape shape)
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { RequireMutualAuthentication = false });
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        scene.Server.Script = static (_, run) => run();
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        scene.Server.Script = static (received, run) =>
        {
            received.Prove(received.Answer!.Value with { Mic = new Mic(new byte[28]) });
            return run();
        };
        CallShapeTests.AssertOurs(
            await Calls.FailAsync(scene.Invoker, shape), KerberosError.ServerNotProven, "HTTP/localhost@TEST.LOCAL answered without proving who it is (authentication-info is not this call's).");
    }

    [Theory]
    [InlineData("CONFIGURATION_INVALID")]
    [InlineData("NO_CREDENTIALS")]
    [InlineData("KDC_UNREACHABLE")]
    [InlineData("REPEAT")]
    [InlineData("LATE")]
    [InlineData("PROVE")]
    [InlineData("NO_SUCH_ERROR")]
    public async Task Refusal_OfANameThatProvesNothing_IsNotProven(string name)
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = (received, _) =>
        {
            received.EndWith(16, $"Kerberos error={name}");
            return Task.CompletedTask;
        };
        CallShapeTests.AssertOurs(await Calls.FailAsync(scene.Invoker, Shape.Unary), KerberosError.ServerNotProven, "HTTP/localhost@TEST.LOCAL answered without");
    }

    [Theory]
    [InlineData(StatusCode.PermissionDenied, "Kerberos error=TICKET_REFUSED")]
    [InlineData(StatusCode.Unauthenticated, "Kerberos error=TICKET_REFUSED, error=TICKET_REFUSED")]
    [InlineData(StatusCode.Unauthenticated, "Negotiate")]
    public async Task Refusal_NotAsTheWireHasIt_IsNotBelieved(StatusCode code, string value)
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = (received, _) =>
        {
            received.EndWith((int)code, value);
            return Task.CompletedTask;
        };
        CallShapeTests.AssertOurs(await Calls.FailAsync(scene.Invoker, Shape.Unary), KerberosError.ServerNotProven, "HTTP/localhost@TEST.LOCAL answered without");
        Assert.Equal(0, scene.Tickets.Forgotten);
    }

    [Theory]
    [InlineData("NOT_ALLOWED", KerberosError.NotAllowed)]
    [InlineData("UNAVAILABLE", KerberosError.Unavailable)]
    [InlineData("TOKEN_TOO_LARGE", KerberosError.TokenTooLarge)]
    [InlineData("TICKET_REFUSED", KerberosError.TicketRefused)]
    public async Task Refusal_WithoutProof_IsUnauthenticatedWhateverItNames(string name, KerberosError error)
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = (received, _) =>
        {
            received.EndWith(16, $"Kerberos error={name}");
            return Task.CompletedTask;
        };
        CallShapeTests.AssertOurs(await Calls.FailAsync(scene.Invoker, Shape.Unary), error, "");
    }

    [Fact]
    public async Task Replayed_Proved_DropsTheSession()
    {
        await using var scene = await ClientScene.StartAsync();
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.Unary));
        scene.Server.Script = async (received, run) =>
        {
            var again = await scene.Server.JudgeAgainAsync(received);
            await ScriptedServer.Answer(again, run);
        };
        CallShapeTests.AssertOurs(await Calls.FailAsync(scene.Invoker, Shape.Unary), KerberosError.Replayed, "The service has seen this proof before (KRB_AP_ERR_REPEAT, 34).");
        scene.Server.Script = ScriptedServer.Answer;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, Shape.Unary));
        var sessions = scene.Server.Received.Select(static r => r.Proof.Session).ToArray();
        Assert.Equal(sessions[0], sessions[1]);
        Assert.NotEqual(sessions[1], sessions[2]);
    }
}
