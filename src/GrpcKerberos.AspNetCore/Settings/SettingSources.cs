using Microsoft.Extensions.Configuration;

namespace GrpcKerberos.AspNetCore.Settings;

/// <summary>Which files, and other sources, the settings of a section come from.</summary>
internal static class SettingSources
{
    /// <param name="root">All configuration; none are found where it does not tell its sources.</param>
    /// <param name="path">The section's.</param>
    public static IReadOnlyCollection<object> Of(IConfiguration root, string path) => root is not IConfigurationRoot { Providers: var providers }
        ? []
        : [.. providers.SelectMany(p => Of(p, path))];

    private static IReadOnlyCollection<object> Of(IConfigurationProvider provider, string path) => provider switch
    {
        // A section does not tell its sources: it counts as one.
        ChainedConfigurationProvider { Configuration: IConfigurationRoot chained } => Of(chained, path),
        _ => provider.GetChildKeys([], path).Any() ? [provider] : [],
    };
}
