using Microsoft.Extensions.Configuration;

namespace GrpcKerberos.Settings;

/// <summary>All keys of a section, read by hand: no reflection, and a key nobody knows is a problem.</summary>
/// <remarks>A misspelt security setting must not pass for its default.</remarks>
/// <param name="method">What sets the others in code.</param>
/// <param name="inCode">Options that no configuration can hold.</param>
/// <param name="rules">The keys; their case does not count.</param>
internal sealed class SettingsTable<TOptions>(string method, IReadOnlyList<string> inCode, IEnumerable<SettingRule<TOptions>> rules)
{
    private readonly Dictionary<string, SettingRule<TOptions>> _rules = rules.ToDictionary(static r => r.Key, StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<string> Keys => _rules.Keys;

    /// <summary>What is wrong with the section, each with its path and its mend; what is right is set.</summary>
    public List<string> Read(IConfiguration section, TOptions options)
    {
        var problems = new List<string>();
        foreach (var entry in section.GetChildren())
        {
            if (!_rules.TryGetValue(entry.Key, out var rule)) problems.Add(Unknown(entry));
            else if (Problem(rule, options, entry) is { } problem) problems.Add(problem);
        }

        return problems;
    }

    /// <summary>The keys whose values differ, those that count at once or the others.</summary>
    public List<string> Changed(TOptions before, TOptions after, bool live) =>
        [.. _rules.Where(r => r.Value.IsLive == live && !r.Value.IsSame(before, after)).Select(static r => r.Key)];

    private static string? Problem(SettingRule<TOptions> rule, TOptions options, IConfigurationSection entry)
    {
        try
        {
            rule.Read(options, new Setting(entry));
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    private string Unknown(IConfigurationSection entry) => inCode.FirstOrDefault(n => n.Equals(entry.Key, StringComparison.OrdinalIgnoreCase)) is { } name
        ? $"{entry.Path} is set in code alone. Next: {method}(o => o.{name} …)."
        : Spelling.Nearest(entry.Key, _rules.Keys) is { } near
        ? $"{entry.Path} is no setting. Next: did you mean {near}?"
        : $"{entry.Path} is no setting. Next: take it out; there are {string.Join(", ", _rules.Keys)}.";
}
