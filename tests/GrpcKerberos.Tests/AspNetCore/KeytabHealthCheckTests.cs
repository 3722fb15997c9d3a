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
