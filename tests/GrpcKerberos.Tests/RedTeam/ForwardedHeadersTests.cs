using Grpc.Core;
using GrpcKerberos.Tests.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>A header says that a hop in clear is TLS.</summary>
public sealed class ForwardedHeadersTests
{
    [Fact]
    public async Task HopInClear_SaidToBeHttpsByAHeader_MakesNoSessionPortable()
    {
        await using var fleet = new Fleet();
        var isHttps = false;
        var app = await fleet.StartAsync(tls: false, change: a =>
        {
            var add = a.Services;
            a.Services = (app, services) =>
            {
                services.AddSingleton<IStartupFilter, Forwarded>();
                add(app, services);
            };
            a.Behaviour.Before = context =>
            {
                isHttps = context.GetHttpContext().Request.IsHttps;
                return Task.CompletedTask;
            };
        });
        var client = fleet.Client();
        var raw = app.Client();
        var first = Fleet.First(client);

        var outcome = await raw.SendAsync(With(RawClient.Value(first)));
        Assert.Equal("PROVE", outcome.Error);
        Assert.Equal(0, app.Behaviour.Runs);

        var again = Fleet.First(client);
        var bound = await fleet.ProvesAsync(app, client, again);
        var proved = Fleet.Later(client, bound, again.Number);
        Assert.True((await raw.SendAsync(With(RawClient.Value(proved)))).Proves(proved));
        Assert.True(isHttps);
    }

    [Fact]
    public async Task TlsOnTheConnectionItself_MakesThemPortable()
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync();
        var first = Fleet.First(fleet.Client());

        await fleet.RunsAsync(app, first);
    }

    private static Metadata With(string proof)
    {
        var headers = RawClient.Headers(proof);
        headers.Add("x-forwarded-proto", "https");
        return headers;
    }

    private sealed class Forwarded : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto });
            next(app);
        };
    }
}
