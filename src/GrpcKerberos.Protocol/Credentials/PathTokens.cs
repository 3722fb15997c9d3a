using System.Globalization;
using System.Text;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>The tokens MIT krb5 expands in file names of krb5.conf: %{uid}, %{euid}, %{username}, %{TEMP}, %{null}.</summary>
internal static class PathTokens
{
    /// <exception cref="FormatException">A token is unknown or has no end; the message names it.</exception>
    public static string Expand(string path, Func<string, string?> environment)
    {
        var expanded = new StringBuilder();
        var position = 0;
        while (path.IndexOf("%{", position, StringComparison.Ordinal) is var start and >= 0)
        {
            var end = path.IndexOf('}', start);
            if (end < 0) throw new FormatException($"\"{path}\" has a %{{ without its }}");
            expanded.Append(path, position, start - position).Append(Value(path[(start + 2)..end], environment));
            position = end + 1;
        }

        return expanded.Append(path, position, path.Length - position).ToString();
    }

    private static string Value(string token, Func<string, string?> environment) => token switch
    {
        "uid" when UnixAccount.Uid is { } uid => uid.ToString(CultureInfo.InvariantCulture),
        "euid" when UnixAccount.EffectiveUid is { } uid => uid.ToString(CultureInfo.InvariantCulture),
        "username" => Environment.UserName,
        "TEMP" when OperatingSystem.IsWindows() => environment("TEMP") ?? Path.GetTempPath().TrimEnd('\\'),
        "TEMP" => environment("TMPDIR") is { Length: > 0 } directory ? directory : "/tmp",
        "null" => "",
        _ => throw new FormatException($"%{{{token}}} is no token known here (%{{uid}}, %{{euid}}, %{{username}}, %{{TEMP}})"),
    };
}
