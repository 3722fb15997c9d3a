using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.Beside;

/// <summary>Probes and reflection come from who has no ticket: AllowAnonymous opens them, and nothing else does.</summary>
public sealed class ProbeTests
{
    [Fact]
    public async Task GrpcHealth_AllowAnonymous_AnswersProbes()
    {
        await using var scene = await BesideScene.StartAsync(map: static a => a.MapGrpcHealthChecksService().AllowAnonymous());
        var health = new Health.HealthClient(scene.Channel());

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest())).Status);
        using var watch = health.Watch(new HealthCheckRequest());
        Assert.True(await watch.ResponseStream.MoveNext(default));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await new Health.HealthClient(scene.AsAlice()).CheckAsync(new HealthCheckRequest())).Status);
    }

    [Fact]
    public async Task GrpcHealth_WithoutIt_IsUnauthenticated()
    {
        await using var scene = await BesideScene.StartAsync(map: static a => a.MapGrpcHealthChecksService());

        var failure = await Assert.ThrowsAsync<RpcException>(() => new Health.HealthClient(scene.Channel()).CheckAsync(new HealthCheckRequest()).ResponseAsync);

        Assert.Equal(StatusCode.Unauthenticated, failure.StatusCode);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await new Health.HealthClient(scene.AsAlice()).CheckAsync(new HealthCheckRequest())).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HttpHealth_AnswersProbesUnlessAPolicyGuardsIt(bool guarded)
    {
        await using var scene = await BesideScene.StartAsync(
            services: s =>
            {
                s.AddHealthChecks().AddKerberosKeytab();
                if (guarded) s.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
            },
            map: static a =>
            {
                a.MapHealthChecks("/healthz");
                a.MapHealthChecks("/livez").AllowAnonymous();
            });

        Assert.Equal(guarded ? HttpStatusCode.Unauthorized : HttpStatusCode.OK, (await scene.GetAsync("/healthz")).Status);
        var (status, _, body) = await scene.GetAsync("/livez");
        Assert.Equal((HttpStatusCode.OK, "Healthy"), (status, body));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reflection_OpenToWhomItIsOpened(bool anonymous)
    {
        await using var scene = await BesideScene.StartAsync(map: a =>
        {
            a.MapGrpcService<BesideScene.NotesService>();
            var reflection = a.MapGrpcReflectionService();
            if (anonymous) reflection.AllowAnonymous();
        });

        Assert.Contains("notes.v1.Notes", await ServicesAsync(scene.AsAlice()));
        if (anonymous) Assert.Contains("notes.v1.Notes", await ServicesAsync(scene.Channel().CreateCallInvoker()));
        else Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => ServicesAsync(scene.Channel().CreateCallInvoker()))).StatusCode);
    }

    /// <summary>The fallback policy guards what says nothing of itself: gRPC callers with a proof meet it, others are told in gRPC's words.</summary>
    [Fact]
    public async Task FallbackPolicy_Grpc_UnauthenticatedOrServed()
    {
        await using var scene = await BesideScene.StartAsync(
            services: static s => s.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireKerberosPrincipal("alice@TEST.LOCAL").Build()));

        await new Notes.V1.Notes.NotesClient(scene.AsAlice()).ReadAsync(new());
        Assert.Equal(
            StatusCode.Unauthenticated,
            (await Assert.ThrowsAsync<RpcException>(() => new Notes.V1.Notes.NotesClient(scene.Channel()).ReadAsync(new()).ResponseAsync)).StatusCode);
    }

    private static async Task<IReadOnlyList<string>> ServicesAsync(CallInvoker invoker)
    {
        using var call = new ServerReflection.ServerReflectionClient(invoker).ServerReflectionInfo();
        try
        {
            await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The call was refused already; its answer says why.
        }

        Assert.True(await call.ResponseStream.MoveNext(default));
        return [.. call.ResponseStream.Current.ListServicesResponse.Service.Select(static s => s.Name)];
    }
}
