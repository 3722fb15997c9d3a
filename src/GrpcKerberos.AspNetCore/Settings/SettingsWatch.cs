using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace GrpcKerberos.AspNetCore.Settings;

/// <summary>Has each scheme look at its configuration whenever that changes, for as long as the host runs.</summary>
/// <remarks>Made before any options are read, and started after the keytabs are: what changes meanwhile counts too.</remarks>
internal sealed class SettingsWatch(
    IEnumerable<KerberosScheme> schemes,
    SchemeAcceptors acceptors,
    IAuthenticationConfigurationProvider configuration,
    IConfiguration root,
    IOptionsFactory<KerberosAuthenticationOptions> factory) : IHostedService, IDisposable
{
    private readonly Dictionary<string, IReadOnlyCollection<object>> _began = schemes
        .DistinctBy(static s => s.Name, StringComparer.Ordinal)
        .ToDictionary(static s => s.Name, s => SettingSources.Of(root, ServerSettings.Section(s.Name)), StringComparer.Ordinal);

    private IDisposable? _watch;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ReloadedOptions<KerberosAuthenticationOptions>[] watched = [.. acceptors.Made.Select(Reloaded)];
        _watch ??= ChangeToken.OnChange(configuration.AuthenticationConfiguration.GetReloadToken, Look);
        Look();
        return Task.CompletedTask;

        void Look() => Array.ForEach(watched, static s => s.Look());
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _watch?.Dispose();

    private ReloadedOptions<KerberosAuthenticationOptions> Reloaded(SchemeAcceptor scheme)
    {
        var section = ServerSettings.Section(scheme.Name);
        return new(
            configuration.GetSchemeConfiguration(scheme.Name),
            ServerSettings.Table,
            scheme.Options,
            () => factory.Create(scheme.Name),
            () => SettingSources.Of(root, section),
            _began.GetValueOrDefault(scheme.Name))
        {
            Adopt = (fresh, names) =>
            {
                acceptors.Adopt(scheme.Name, new LiveSettings(fresh));
                scheme.Log.SettingsChanged(section, names);
            },
            Defer = names => scheme.Log.SettingsDeferred(section, names),
            Refuse = reason => scheme.Log.SettingsRefused(section, LogText.Of(reason)),
        };
    }
}
