using Microsoft.Extensions.Configuration;

namespace GrpcKerberos.Tests;

/// <summary>A source that changes while the process runs, as appsettings.json does.</summary>
internal sealed class ChangingConfiguration : ConfigurationProvider, IConfigurationSource
{
    public ChangingConfiguration(params (string Key, string? Value)[] settings) => Set(settings);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Holds these and nothing else from now on, and tells.</summary>
    public void Become(params (string Key, string? Value)[] settings)
    {
        Set(settings);
        OnReload();
    }

    /// <summary>Holds these, and has not told yet.</summary>
    public void Hold(params (string Key, string? Value)[] settings) => Set(settings);

    private void Set((string Key, string? Value)[] settings) => Data = settings.ToDictionary(static s => s.Key, static s => s.Value, StringComparer.OrdinalIgnoreCase);
}
