using Grpc.Core;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using Microsoft.AspNetCore.Connections.Features;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>Proofs bound to the certificate that the client's own handshake showed.</summary>
public sealed class ChannelBindingTests
{
    public static TheoryData<Shape> Shapes => [.. Enum.GetValues<Shape>()];

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Calls_OfEachShape_EveryAttemptIsBoundFromTheFirst(Shape shape)
    {
        var (scene, _) = await StartAsync();
        await using var ended = scene;

        for (var i = 0; i < 2; i++) Assert.Equal(Calls.Words, await Calls.MakeAsync(scene.Invoker, shape));

        Assert.Equal(2, scene.Server.Received.Count);
        Assert.All(scene.Server.Received, r => Assert.Equal(Hash(scene.Server), Convert.ToHexString(r.Accepted!.Session!.ChannelBinding.Span)));
        // One look, that proved nothing and held nothing.
        Assert.Null(Assert.Single(scene.Server.Establishments).Received.Value);
    }

    [Fact]
    public async Task FirstCalls_64AtOnce_OneLook()
    {
        var (scene, _) = await StartAsync();
        await using var ended = scene;

        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Calls.MakeAsync(scene.Invoker, Shape.Unary)));

        Assert.All(scene.Server.Received, static r => Assert.True(r.Accepted!.Session!.IsChannelBound));
        Assert.Single(scene.Server.Establishments);
    }

    [Fact]
    public async Task Call_GivenCertificate_BoundWithoutALook()
    {
        var (scene, _) = await StartAsync(static (_, server) => ChannelBindingSource.From(server.Certificate));
        await using var ended = scene;

        await Calls.MakeAsync(scene.Invoker, Shape.Unary);

        Assert.Empty(scene.Server.Establishments);
        Assert.True(Assert.Single(scene.Server.Received).Accepted!.Session!.IsChannelBound);
    }

    [Fact]
    public async Task Call_GivenAnotherCertificate_FailsByName()
    {
        var (scene, _) = await StartAsync(static (_, _) => ChannelBindingSource.From(ScriptedServer.OtherCertificate));
        await using var ended = scene;

        var error = await Calls.FailAsync(scene.Invoker, Shape.Unary);

        Assert.Equal((StatusCode.Unauthenticated, KerberosError.ChannelBindingMismatch), (error.StatusCode, error.GetKerberosError()!.Value));
        Assert.StartsWith("The TLS certificate we saw is not the one the service uses. Next: ", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(0, scene.Server.Greeter.Runs);
        Assert.Single(scene.Server.Received);
    }

    [Theory]
    [InlineData(Shape.Unary)]
    [InlineData(Shape.ServerStreaming)]
    public async Task Call_OnAConnectionWithAnotherCertificate_ComesAgainUnderItsNumberBoundToThatOne(Shape shape)
    {
        var (scene, _) = await StartAsync();
        await using var ended = scene;
        await Calls.MakeAsync(scene.Invoker, shape);
        await ReconnectAsync(scene, ScriptedServer.OtherCertificate);
        var before = scene.Server.Received.Count;

        await Calls.MakeAsync(scene.Invoker, shape);

        var attempts = scene.Server.Received.Skip(before).ToArray();
        Assert.Equal([ApRejection.SessionUnknown, null], attempts.Select(static a => a.Refusal?.Cause));
        Assert.Equal(attempts[0].Number, attempts[1].Number);
        Assert.True(attempts[1].HasToken);

        // Another K for the calls to come: this one's session stays with the certificate of its birth.
        await Calls.MakeAsync(scene.Invoker, shape);
        await Calls.MakeAsync(scene.Invoker, shape);
        var (next, last) = (scene.Server.Received.ElementAt(before + 2), scene.Server.Received.Last());
        Assert.NotEqual(attempts[0].Proof.Session, next.Proof.Session);
        Assert.Equal((next.Proof.Session, false), (last.Proof.Session, last.HasToken));
        Assert.Equal(Hash(scene.Server), Convert.ToHexString(last.Accepted!.Session!.ChannelBinding.Span));
    }

    [Fact]
    public async Task FirstCall_TokenBoundToTheCertificateBefore_ComesAgainOnce()
    {
        var (scene, _) = await StartAsync();
        await using var ended = scene;
        await Calls.MakeAsync(scene.Invoker, Shape.Unary);
        await ReconnectAsync(scene, ScriptedServer.OtherCertificate);
        scene.RenewTicket();
        var before = scene.Server.Received.Count;

        await Calls.MakeAsync(scene.Invoker, Shape.Unary);

        var attempts = scene.Server.Received.Skip(before).ToArray();
        Assert.Equal([ApRejection.ChannelBindingMismatch, null], attempts.Select(static a => a.Refusal?.Cause));
        Assert.Equal(attempts[0].Number, attempts[1].Number);
    }

    [Fact]
    public async Task Call_ServerLooksAtNoChannel_IsRefused()
    {
        var (scene, _) = await StartAsync();
        await using var ended = scene;
        scene.Server.LooksAtChannels = false;

        var error = await Calls.FailAsync(scene.Invoker, Shape.Unary);

        Assert.Equal(KerberosError.ChannelBindingMismatch, error.GetKerberosError());
        Assert.Equal(0, scene.Server.Greeter.Runs);
    }

    [Fact]
    public async Task Call_HandlerOfAnotherChannel_NothingIsProved()
    {
        using var other = ScriptedServer.NewHandler();
        var (scene, _) = await StartAsync((_, _) => ChannelBindingSource.From(other));
        await using var ended = scene;

        var error = await Calls.FailAsync(scene.Invoker, Shape.Unary);

        Assert.Equal(KerberosError.ChannelBindingMismatch, error.GetKerberosError());
        Assert.StartsWith("No certificate of HTTP/localhost@TEST.LOCAL was seen", error.Status.Detail, StringComparison.Ordinal);
        Assert.Empty(scene.Server.Received);
    }

    [Fact]
    public async Task From_HandlerThatRefusesACertificate_StillDoesAndLearnsNothing()
    {
        using var handler = new SocketsHttpHandler();
        var source = ChannelBindingSource.From(handler);
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { ChannelBinding = source }, configure: o => o.HttpHandler = handler);

        var error = await Calls.FailAsync(scene.Invoker, Shape.Unary);

        Assert.Null(source.Of("localhost"));
        Assert.NotEqual(StatusCode.OK, error.StatusCode);
        Assert.Empty(scene.Server.Received);
        Assert.Empty(scene.Server.Establishments);
    }

    [Fact]
    public async Task From_HandlerInUse_Throws()
    {
        var (scene, handler) = await StartAsync();
        await using var ended = scene;
        await Calls.MakeAsync(scene.Invoker, Shape.Unary);

        Assert.Throws<InvalidOperationException>(() => ChannelBindingSource.From(handler));
    }

    [Fact]
    public async Task Call_WithoutTls_NothingIsSent()
    {
        await using var scene = await ClientScene.StartAsync(tls: false, settings: new ClientSettings { ChannelBinding = ChannelBindingSource.From(ScriptedServer.OtherCertificate) });

        var error = await Calls.FailAsync(scene.Invoker, Shape.Unary);

        Assert.Equal(KerberosError.ChannelBindingMismatch, error.GetKerberosError());
        Assert.Contains("has no TLS", error.Status.Detail, StringComparison.Ordinal);
        Assert.Empty(scene.Server.Received);
    }

    private static async Task<(ClientScene Scene, SocketsHttpHandler Handler)> StartAsync(Func<SocketsHttpHandler, ScriptedServer, ChannelBindingSource>? source = null)
    {
        var handler = ScriptedServer.NewHandler();
        ScriptedServer? server = null;
        var scene = await ClientScene.StartAsync(
            settings: s =>
            {
                server = s;
                return new ClientSettings { ChannelBinding = source is null ? ChannelBindingSource.From(handler) : source(handler, s) };
            },
            configure: o => o.HttpHandler = handler);
        server!.LooksAtChannels = true;
        return (scene, handler);
    }

    /// <summary>The next call finds the connection closed, and opens one with another certificate.</summary>
    private static async Task ReconnectAsync(ClientScene scene, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
    {
        scene.Server.Script = static (received, run) =>
        {
            received.Context.Features.Get<IConnectionLifetimeNotificationFeature>()!.RequestClose();
            return ScriptedServer.Answer(received, run);
        };
        await Calls.MakeAsync(scene.Invoker, Shape.Unary);
        scene.Server.Script = ScriptedServer.Answer;
        scene.Server.Certificate = certificate;
    }

    private static string Hash(ScriptedServer server) => Convert.ToHexString(ChannelBinding.Of(server.Certificate)!.EndPointHash.Span);
}
