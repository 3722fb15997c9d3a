using GrpcKerberos.Protocol;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>A refusal is believed in one place and one form; in any other nothing is sent again.</summary>
public class ForgedRefusalTests
{
    private const string Unknown = "Kerberos error=SESSION_UNKNOWN";

    public static TheoryData<Shape> Repeatable => [Shape.Blocking, Shape.Unary, Shape.ServerStreaming];

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SessionUnknown_AsItMustBe_IsActedOn(Shape shape)
    {
        await using var scene = await SecondAsync(shape, static (received, _) =>
        {
            received.EndWith(16, Unknown);
            return Task.CompletedTask;
        });
        await Calls.FailAsync(scene.Invoker, shape);
        Assert.Equal(3, scene.Server.Received.Count);
    }

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SessionUnknown_TwoValues_IsNotActedOn(Shape shape) => await IsIgnoredAsync(shape, KerberosError.ServerNotProven, static (received, _) =>
    {
        received.EndWith(16);
        received.Context.Response.Headers[KerberosMetadata.WwwAuthenticate] = new[] { Unknown, Unknown };
        return Task.CompletedTask;
    });

    [Theory]
    [InlineData(Shape.Unary, 0, null)]
    [InlineData(Shape.ServerStreaming, 0, KerberosError.ServerNotProven)]
    [InlineData(Shape.Unary, 7, KerberosError.ServerNotProven)]
    [InlineData(Shape.ServerStreaming, 7, KerberosError.ServerNotProven)]
    [InlineData(Shape.Unary, 14, null)]
    [InlineData(Shape.ServerStreaming, 14, null)]
    public async Task SessionUnknown_WithAnotherStatus_IsNotActedOn(Shape shape, int status, KerberosError? error) => await IsIgnoredAsync(shape, error, (received, _) =>
    {
        received.EndWith(status, Unknown);
        return Task.CompletedTask;
    });

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SessionUnknown_BesideAMessage_IsNotActedOn(Shape shape) => await IsIgnoredAsync(shape, KerberosError.ServerNotProven, static async (received, _) =>
    {
        received.Context.Response.ContentType = "application/grpc";
        received.Context.Response.Headers[KerberosMetadata.WwwAuthenticate] = Unknown;
        await received.Context.Response.Body.WriteAsync(new byte[5]);
        received.Context.Response.AppendTrailer("grpc-status", "16");
    });

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SessionUnknown_BeforeTheTrailers_IsNotActedOn(Shape shape) => await IsIgnoredAsync(shape, KerberosError.ServerNotProven, static async (received, _) =>
    {
        received.Context.Response.ContentType = "application/grpc";
        received.Context.Response.Headers[KerberosMetadata.WwwAuthenticate] = Unknown;
        await received.Context.Response.Body.FlushAsync();
        received.Context.Response.AppendTrailer("grpc-status", "16");
    });

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SessionUnknown_InTheTrailers_IsNotActedOn(Shape shape) => await IsIgnoredAsync(shape, KerberosError.ServerNotProven, static async (received, _) =>
    {
        received.Context.Response.ContentType = "application/grpc";
        await received.Context.Response.Body.FlushAsync();
        received.Context.Response.AppendTrailer("grpc-status", "16");
        received.Context.Response.AppendTrailer(KerberosMetadata.WwwAuthenticate, Unknown);
    });

    [Theory, MemberData(nameof(Repeatable))]
    public async Task SessionUnknown_InAnAnswerThatProvesTheServer_IsNotActedOn(Shape shape) => await IsIgnoredAsync(shape, null, static (received, _) =>
    {
        received.Prove();
        received.EndWith(16, Unknown);
        return Task.CompletedTask;
    });

    [Theory]
    [InlineData("SKEW")]
    [InlineData("REPEAT")]
    [InlineData("LATE")]
    [InlineData("PROVE")]
    public async Task Refusal_ThatNeedsItsProof_IsNotActedOnWithoutIt(string name)
    {
        await IsIgnoredAsync(Shape.Unary, KerberosError.ServerNotProven, (received, _) =>
        {
            received.EndWith(16, $"Kerberos error={name}");
            return Task.CompletedTask;
        });
        await IsIgnoredAsync(Shape.Unary, KerberosError.ServerNotProven, (received, _) =>
        {
            received.EndWith(16, new RefusalValue(name) { Mic = received.Answer!.Value.Mic }.Format());
            return Task.CompletedTask;
        });
    }

    /// <summary>The call fails, is not sent again, and changes nothing for the next one.</summary>
    private static async Task IsIgnoredAsync(Shape shape, KerberosError? error, Func<Received, Func<Task>, Task> script)
    {
        await using var scene = await SecondAsync(shape, script);
        Assert.Equal(error, (await Calls.FailAsync(scene.Invoker, shape)).GetKerberosError());
        Assert.Equal(2, scene.Server.Received.Count);
        scene.Server.Script = ScriptedServer.Answer;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        Assert.Equal([true, false, false], scene.Server.Received.Select(static r => r.HasToken));
        Assert.Single(scene.Server.Received.Select(static r => r.Proof.Session).Distinct());
    }

    private static async Task<ClientScene> SecondAsync(Shape shape, Func<Received, Func<Task>, Task> script)
    {
        var scene = await ClientScene.StartAsync();
        Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));
        scene.Server.Script = script;
        return scene;
    }
}
