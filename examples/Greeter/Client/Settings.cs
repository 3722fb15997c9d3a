using Microsoft.Extensions.Configuration;

namespace Greeter.Client;

/// <summary>appsettings.json, then the environment, then the command line: Target, Certificate, Name and the section Kerberos.</summary>
internal static class Settings
{
    private static readonly string[] s_names = ["Target", "Certificate", "Name", "Kerberos"];

    /// <exception cref="FormatException">The command line sets something that nobody reads.</exception>
    public static IConfiguration Read(string[] args)
    {
        if (args.FirstOrDefault(arg => arg.StartsWith('-') && arg.Contains('=') && !arg.StartsWith("--", StringComparison.Ordinal)) is { } single)
            throw new FormatException($"{single} is no setting. Next: write it as --Name value or --Name=value.");
        var unknown = new ConfigurationBuilder().AddCommandLine(args).Build().GetChildren().FirstOrDefault(child => !s_names.Contains(child.Key, StringComparer.OrdinalIgnoreCase));
        if (unknown is not null) throw new FormatException($"{unknown.Key} is no setting. Next: take it out; there are {string.Join(", ", s_names)}.");
        return new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"))
            .AddEnvironmentVariables()
            .AddCommandLine(args)
            .Build();
    }
}
