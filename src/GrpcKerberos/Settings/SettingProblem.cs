using Microsoft.Extensions.Configuration;

namespace GrpcKerberos.Settings;

/// <summary>What is wrong with an option.</summary>
/// <param name="Key">The option.</param>
/// <param name="Text">What follows its name: <c> is 0. Next: 1 to 10.</c></param>
internal readonly record struct SettingProblem(string Key, string Text)
{
    /// <summary>What an option is called: by its full path where the configuration sets it, else as code does.</summary>
    public static string NameOf(IConfiguration? section, string key, string inCode) =>
        section?.GetSection(key) is { } setting && (setting.Value is not null || setting.GetChildren().Any()) ? setting.Path : inCode;
}
