using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Credentials;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class KeytabHealthCheckTests
{
    [Fact]
    public async Task Check_KeysInMemory_HealthyAndDegradedOnceTheFileIsGone()
    {
        var directory = Directory.CreateTempSubdirectory("grpc-kerberos-");
        try
        {
            var path = Path.Combine(directory.FullName, "a.keytab");
            await using var app = new TestServerApp
            {
                Options = o =>
                {
                    o.LoadKeytab = null;
                    o.Keytab = path;
                },
                Services = static (a, s) =>
                {
                    s.AddAuthentication().AddKerberos(a.Configure);
                    s.AddHealthChecks().AddKerberosKeytab();
                },
            };
            await File.WriteAllBytesAsync(path, KeytabFile.Write(app.Keys.Keytab));
            await app.StartAsync();
            var checks = app.App.Services.GetRequiredService<HealthCheckService>();

            var healthy = (await checks.CheckHealthAsync()).Entries["kerberos-keytab"];
            File.Delete(path);
            var degraded = (await checks.CheckHealthAsync()).Entries["kerberos-keytab"];

            Assert.Equal((HealthStatus.Healthy, 1u), (healthy.Status, healthy.Data["Kerberos.kvno"]));
            Assert.Equal(
                (HealthStatus.Degraded, $"Keytab {path} does not exist. Next: mount it there or correct the setting."),
                (degraded.Status, degraded.Description));
            await app.Client().CallAsync();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(79, HealthStatus.Healthy)]
    [InlineData(80, HealthStatus.Degraded)]
    public async Task Check_ReplayCacheFills_DegradedFromFourFifths(int entries, HealthStatus expected)
    {
        var caches = new ReplayCaches(shared: null, capacity: 100);
        await using var app = await StartAsync(s => s.AddSingleton(caches));
        for (var i = 0; i < entries; i++)
            await caches.For(app.Time).TryAddAsync(new ReplayKey([(byte)i]), app.Time.GetUtcNow() + TimeSpan.FromMinutes(5), CancellationToken.None);

        var entry = await CheckAsync(app);
        app.Time.Advance(TimeSpan.FromMinutes(6));
        var later = await CheckAsync(app);

        Assert.Equal((expected, entries, 100), (entry.Status, entry.Data["replay_cache.entries"], entry.Data["replay_cache.capacity"]));
        if (expected == HealthStatus.Degraded)
            Assert.StartsWith("The replay cache holds 80 of 100 proofs; full, it has tokens refused (RESOURCE_EXHAUSTED). "
                + "Next: ", entry.Description, StringComparison.Ordinal);
        // What has ended counts no more, though no proof came since that would sweep it out.
        Assert.Equal((HealthStatus.Healthy, 0), (later.Status, later.Data["replay_cache.entries"]));
    }

    [Fact]
    public async Task Check_ReplayCacheOfTheApplication_TellsNothingOfIt()
    {
        await using var app = await StartAsync(static s => s.AddSingleton<IReplayCache>(new MemoryReplayCache(TimeProvider.System)));

        var entry = await CheckAsync(app);

        Assert.Equal((HealthStatus.Healthy, false), (entry.Status, entry.Data.Keys.Any(static k => k.StartsWith("replay_cache", StringComparison.Ordinal))));
    }

    private static Task<TestServerApp> StartAsync(Action<IServiceCollection> before) => new TestServerApp
    {
        Services = (a, s) =>
        {
            before(s);
            s.AddAuthentication().AddKerberos(a.Configure);
            s.AddHealthChecks().AddKerberosKeytab();
        },
    }.StartAsync();

    private static async Task<HealthReportEntry> CheckAsync(TestServerApp app) =>
        (await app.App.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["kerberos-keytab"];

    [Fact]
    public async Task Check_NoScheme_Unhealthy()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddHealthChecks().AddKerberosKeytab();
        await using var provider = services.BuildServiceProvider();

        var entry = (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["kerberos-keytab"];

        Assert.Equal((HealthStatus.Unhealthy, "There is no Kerberos scheme. Next: add AddAuthentication().AddKerberos()."), (entry.Status, entry.Description));
    }
}
