using Microsoft.Extensions.Hosting;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Makes every scheme's acceptor before the server listens, so that what cannot serve does not start.</summary>
internal sealed class StartupCheck(IEnumerable<KerberosScheme> schemes, SchemeAcceptors acceptors) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var scheme in schemes) await acceptors.GetAsync(scheme.Name).ConfigureAwait(false);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
