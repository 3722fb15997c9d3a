using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace GrpcKerberos.Settings;

/// <summary>One key of the configuration, read as what it must be. A <see cref="FormatException"/> says what it is not.</summary>
internal readonly struct Setting(IConfigurationSection section)
{
    /// <summary>A list as one value, to be compared.</summary>
    public static string Joined(IEnumerable<string?> list) => string.Join('\n', list);

    public string? Text()
    {
        if (section.GetChildren().Any()) throw Wrong("is a list or a section, not one value", "write one value");
        return section.Value;
    }

    public bool Boolean() => bool.TryParse(Text(), out var value) ? value : throw Wrong($"is \"{section.Value}\"", "write true or false");

    public int Number() => int.TryParse(Text(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw Wrong($"is \"{section.Value}\"", "write a whole number");

    /// <summary>One of the names of an enumeration, in whatever case; never its number.</summary>
    public T Name<T>()
        where T : struct, Enum => Text() is { } text && Enum.GetNames<T>().FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name
        ? Enum.Parse<T>(name)
        : throw Wrong($"is \"{section.Value}\"", $"write one of {string.Join(", ", Enum.GetNames<T>())}");

    public TimeSpan Duration() => TimeSpan.TryParse(Text(), CultureInfo.InvariantCulture, out var value)
        ? value
        : throw Wrong($"is \"{section.Value}\"", "write hours:minutes:seconds, 00:05:00 for one");

    public void ListTo(IList<string> target)
    {
        foreach (var text in List()) target.Add(text);
    }

    public void MapTo(IDictionary<string, string[]> target)
    {
        if (section.Value is { Length: > 0 }) throw Wrong("is one value, not names with a list each", "write { \"name\": [ \"value\" ] }");
        foreach (var child in section.GetChildren()) target[child.Key] = new Setting(child).List();
    }

    private string[] List()
    {
        if (section.Value is { Length: > 0 }) throw Wrong("is one value, not a list", "write [ \"value\" ], or in the environment a name that ends in __0");
        return [.. section.GetChildren().Select(static c => new Setting(c).Text() ?? "")];
    }

    private FormatException Wrong(string what, string mend) => new($"{section.Path} {what}. Next: {mend}.");
}
