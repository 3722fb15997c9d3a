namespace GrpcKerberos.Settings;

/// <summary>One key of a section: how it is read, and how its value is told from another.</summary>
/// <param name="Key">The option's name.</param>
/// <param name="Read">Sets the option.</param>
/// <param name="Text">The option's value; two values are one where their texts are.</param>
/// <param name="IsLive">Whether a change of the configuration takes effect while the process runs.</param>
internal sealed record SettingRule<TOptions>(string Key, Action<TOptions, Setting> Read, Func<TOptions, object?> Text, bool IsLive = false)
{
    public bool IsSame(TOptions one, TOptions other) => Equals(Text(one), Text(other));
}
