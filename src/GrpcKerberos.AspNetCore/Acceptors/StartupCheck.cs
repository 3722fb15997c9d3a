using GrpcKerberos.AspNetCore.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Makes every scheme's acceptor before the server listens, so that what cannot serve does not start.</summary>
internal sealed class StartupCheck(
    IEnumerable<KerberosScheme> schemes,
    SchemeAcceptors acceptors,
    IAuthenticationSchemeProvider authentication,
    IAuthenticationConfigurationProvider configuration) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var scheme in schemes)
        {
            var acceptor = await acceptors.GetAsync(scheme.Name).ConfigureAwait(false);
            await CheckForwardsAsync(acceptor.Options, scheme.Name).ConfigureAwait(false);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A scheme that is not there would fail each call.</summary>
    private async Task CheckForwardsAsync(KerberosAuthenticationOptions options, string scheme)
    {
        (string Key, string? Target)[] forwards =
        [
            (nameof(options.ForwardDefault), options.ForwardDefault),
            (nameof(options.ForwardAuthenticate), options.ForwardAuthenticate),
            (nameof(options.ForwardChallenge), options.ForwardChallenge),
            (nameof(options.ForwardForbid), options.ForwardForbid),
            (nameof(options.ForwardSignIn), options.ForwardSignIn),
            (nameof(options.ForwardSignOut), options.ForwardSignOut),
        ];
        var problems = new List<string>();
        foreach (var (key, target) in forwards)
        {
            if (target is not null && await authentication.GetSchemeAsync(target).ConfigureAwait(false) is null)
                problems.Add($"{ServerSettings.Name(configuration, scheme, key)} is \"{target}\", and there is no such scheme. "
                    + "Next: add it beside AddKerberos, or correct the name.");
        }

        if (problems.Count > 0) throw new OptionsValidationException(scheme, typeof(KerberosAuthenticationOptions), problems);
    }
}
