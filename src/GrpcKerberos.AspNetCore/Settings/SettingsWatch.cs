using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace GrpcKerberos.AspNetCore.Settings;

/// <summary>Has each scheme look at its configuration whenever that changes, for as long as the host runs.</summary>
internal sealed class SettingsWatch(
    SchemeAcceptors acceptors, IAuthenticationConfigurationProvider configuration, IOptionsFactory<KerberosAuthenticationOptions> factory)
    : IHostedService, IDisposable
{
    private IDisposable? _watch;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ReloadedOptions<KerberosAuthenticationOptions>[] schemes = [.. acceptors.Made.Select(Reloaded)];
        _watch ??= ChangeToken.OnChange(configuration.AuthenticationConfiguration.GetReloadToken, () => Array.ForEach(schemes, static s => s.Look()));
        return Task.CompletedTask;
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
        return new(configuration.GetSchemeConfiguration(scheme.Name), ServerSettings.Table, scheme.Options, () => factory.Create(scheme.Name))
        {
            Adopt = (fresh, names) =>
            {
                scheme.Adopt(new LiveSettings(fresh));
                scheme.Log.SettingsChanged(section, names);
            },
            Defer = names => scheme.Log.SettingsDeferred(section, names),
            Refuse = reason => scheme.Log.SettingsRefused(section, LogText.Of(reason)),
        };
    }
}
