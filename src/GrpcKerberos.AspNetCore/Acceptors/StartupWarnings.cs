using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Says once the server listens what will serve, and yet surprise: addresses are known no sooner.</summary>
internal sealed class StartupWarnings(
    IEnumerable<KerberosScheme> schemes,
    SchemeAcceptors acceptors,
    IAuthenticationSchemeProvider authentication,
    IAuthorizationPolicyProvider policies,
    IServer? server = null) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var ours = new List<SchemeAcceptor>();
        foreach (var scheme in schemes) ours.Add(await acceptors.GetAsync(scheme.Name).ConfigureAwait(false));
        WarnOfPlaintext(ours);
        await WarnOfAmbiguityAsync(ours[0]).ConfigureAwait(false);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void WarnOfPlaintext(List<SchemeAcceptor> ours)
    {
        if (server?.Features.Get<IServerAddressesFeature>() is not { } listening) return;
        foreach (var address in listening.Addresses.Where(static a => a.StartsWith("http://", StringComparison.OrdinalIgnoreCase)))
        {
            foreach (var scheme in ours.DistinctBy(static s => s.Options.SessionPortability)) scheme.Log.PlaintextEndpoint(address, Consequence(scheme.Options.SessionPortability));
        }
    }

    private static string Consequence(SessionPortability portability) => portability switch
    {
        SessionPortability.Auto =>
            "sessions there are bound to this server process, so clients bring a token to each replica and after each restart. "
                + "Next: use TLS; where a sidecar ends it, set SessionPortability to Portable",
        SessionPortability.ServerBound => "calls there can be read on the way. Next: use TLS; nothing where a sidecar ends it",
        _ => "who reads a call on the way can have it run once more on each other replica. Next: use TLS; nothing where a sidecar ends it and nobody else gets there",
    };

    /// <summary>ASP.NET Core says so at the first challenge alone, and to nobody but the caller, as HTTP status 500.</summary>
    private async Task WarnOfAmbiguityAsync(SchemeAcceptor first)
    {
        var all = (await authentication.GetAllSchemesAsync().ConfigureAwait(false)).Select(static s => s.Name).ToList();
        if (all.Count < 2) return;
        var authenticates = await authentication.GetDefaultAuthenticateSchemeAsync().ConfigureAwait(false);
        var challenges = await authentication.GetDefaultChallengeSchemeAsync().ConfigureAwait(false);
        if (authenticates is not null && challenges is not null) return;
        // What [Authorize] means may name its schemes itself.
        if ((await policies.GetDefaultPolicyAsync().ConfigureAwait(false)).AuthenticationSchemes.Count > 0) return;
        first.Log.SchemeAmbiguous(string.Join(", ", all), first.Name);
    }
}
