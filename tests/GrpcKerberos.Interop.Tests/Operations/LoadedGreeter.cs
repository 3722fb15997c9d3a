using System.Diagnostics.Metrics;
using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Interop.Tests.Realms;
using GrpcKerberos.Interop.Tests.Replicas;
using GrpcKerberos.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GrpcKerberos.Interop.Tests.Operations;

/// <summary>A Greeter with metrics and health checks in a real realm, and callers that go on calling whatever is done to it.</summary>
internal sealed class LoadedGreeter : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _patience = new(s_patience);
    private readonly List<(Load Load, Task Running)> _loads = [];
    private readonly List<KerberosClientInterceptor> _clients = [];
    private readonly GreeterHost _host;
    private readonly ForeignRealm _realm;
    private readonly string _service;

    private LoadedGreeter(GreeterHost host, ForeignRealm realm, string service, Meters meters) => (_host, _realm, _service, Meters) = (host, realm, service, meters);

    public Meters Meters { get; }

    /// <summary>Lines of all callers' calls that failed.</summary>
    public IReadOnlyList<string> Failures => [.. _loads.SelectMany(static l => l.Load.Failures)];

    /// <param name="realm">Whose tickets callers come with.</param>
    /// <param name="service">Its short name: the part of its principal before the slash.</param>
    /// <param name="keytab">Its keytab.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="watched">A service whose ticket the health check watches by alice's keytab; null: none.</param>
    public static async Task<LoadedGreeter> StartAsync(ForeignRealm realm, string service, string keytab, TimeProvider time, string? watched = null)
    {
        var meters = new Meters();
        var host = await GreeterHost.StartAsync(keytab, realm.Krb5Conf, o => o.TimeProvider = time, services: services =>
        {
            services.AddSingleton<IMeterFactory>(meters);
            var checks = services.AddHealthChecks().AddKerberosKeytab();
            if (watched is null) return;
            services.AddKerberosClient(o => (o.Keytab, o.Krb5Config, o.KdcTimeout) = (realm.Keytab("alice"), realm.Krb5Conf, TimeSpan.FromSeconds(5)));
            checks.AddKerberosTicket(watched);
        });
        meters.Listen();
        return new LoadedGreeter(host, realm, service, meters);
    }

    /// <summary>A caller that has a ticket already, and whatever is given to it to call.</summary>
    public async Task<Load> CallerAsync(string user, TimeProvider? time = null)
    {
        var client = _realm.Client(_service, new KerberosClientOptions { Keytab = _realm.Keytab(user), TimeProvider = time ?? TimeProvider.System });
        _clients.Add(client);
        await client.GetTicketAsync(_service + "/localhost", _patience.Token);
        var load = new Load(_host.Channel.WithKerberos(client), _patience.Token);
        _loads.Add((load, load.RunAsync()));
        return load;
    }

    public async Task<IReadOnlyDictionary<string, HealthStatus>> HealthAsync()
    {
        var report = await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(_patience.Token);
        return report.Entries.ToDictionary(static e => e.Key, static e => e.Value.Status);
    }

    /// <summary>There is no more to call; completes when all was.</summary>
    public async Task EndAsync()
    {
        foreach (var (load, _) in _loads) load.End();
        await Task.WhenAll(_loads.Select(static l => l.Running));
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        foreach (var client in _clients) client.Dispose();
        foreach (var (load, _) in _loads) load.Dispose();
        await _host.DisposeAsync();
        Meters.Dispose();
        _patience.Dispose();
    }
}
