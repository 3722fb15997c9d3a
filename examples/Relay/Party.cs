using Greeter.Client;
using Greeter.Server;
using Grpc.Core;
using GrpcKerberos;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Testing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Relay;

/// <summary>A service of this process, told what a real one reads from its own appsettings.json.</summary>
internal sealed class Party(WebApplication app, string certificate) : IAsyncDisposable
{
    public string Target { get; } =
        $"https://localhost:{new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port}";

    /// <summary>The PEM file with the certificate it shows.</summary>
    public string Certificate => certificate;

    public int Sessions => app.Services.GetRequiredService<KerberosSessions>().Count;

    public static async Task<Party> StartAsync(
        string certificate, Dictionary<string, string?> settings, Action<WebApplicationBuilder> build, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings).AddInMemoryCollection([new("Certificate", certificate)]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("https://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel((context, kestrel) => kestrel.UseDevelopmentCertificate(context.Configuration));
        build(builder);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new Party(app, certificate);
    }

    /// <summary>What a user's program does, who has run kinit.</summary>
    public async Task<T> CallAsync<T>(TestRealm realm, TestAccount user, string? servicePrincipal, Func<CallInvoker, AsyncUnaryCall<T>> call)
    {
        var options = new KerberosClientOptions { Krb5Config = realm.Krb5Config, CredentialCache = await user.LoginAsync() };
        if (servicePrincipal is not null) options.ServicePrincipal = servicePrincipal;
        using var channel = Channel.To(Target, certificate);
        return await call(channel.WithKerberos(options));
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
