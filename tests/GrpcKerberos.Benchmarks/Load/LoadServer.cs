using System.Net;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Replay;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcKerberos.Benchmarks.Load;

/// <summary>The server's process: a greeter on loopback, h2c, until stdin ends.</summary>
internal static class LoadServer
{
    /// <summary>Keys kept for about ten minutes, two a call: more than any run makes, since a full cache refuses.</summary>
    private const int ReplayCapacity = 100_000_000;

    public static async Task RunAsync()
    {
        var settings = LoadSettings.Read(Console.In);
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        AddAuthentication(builder.Services, settings);
        await using var app = builder.Build();
        var greeter = app.MapGrpcService<LoadGreeter>();
        // AddKerberos lets no call run without a proof, so nothing has to ask for it.
        if (settings.Variant is LoadVariant.OpenDoor or LoadVariant.JwtBearer or LoadVariant.KerberosAuthorize) greeter.RequireAuthorization();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Console.WriteLine($"address = {address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)}");
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
    }

    private static void AddAuthentication(IServiceCollection services, LoadSettings settings)
    {
        if (settings.Variant == LoadVariant.None) return;
        services.AddAuthorization();
        if (settings.Variant == LoadVariant.OpenDoor)
        {
            services.AddAuthentication("Open").AddScheme<AuthenticationSchemeOptions, OpenDoorHandler>("Open", null);
            return;
        }

        if (settings.Variant == LoadVariant.JwtBearer)
        {
            services.AddAuthentication().AddJwtBearer(options =>
            {
                options.MapInboundClaims = false;
                options.TokenValidationParameters = LoadToken.Rules(settings.SigningKey);
            });
            return;
        }

        services.AddSingleton<IReplayCache>(new MemoryReplayCache(TimeProvider.System, ReplayCapacity));
        services.AddAuthentication().AddKerberos(options =>
        {
            options.Keytab = settings.Keytab;
            options.Krb5Config = settings.Krb5Config;
            // h2c, where a server-bound first call takes two: a client that forgets would be measured twice.
            options.SessionPortability = SessionPortability.Portable;
            // One principal makes all calls, and may hold an eighth.
            options.MaxSessions = 80_000_000;
        });
    }
}
