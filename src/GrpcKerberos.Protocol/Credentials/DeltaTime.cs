using System.Globalization;
using System.Text.RegularExpressions;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Durations of krb5.conf: seconds (<c>300</c>), units (<c>1d2h</c>, <c>5m 30s</c>), or <c>h:m</c> and <c>h:m:s</c>.</summary>
internal static partial class DeltaTime
{
    public static bool TryParse(string text, out TimeSpan span)
    {
        span = default;
        var match = Pattern().Match(text);
        if (!match.Success) return false;

        // At most nine digits a number: no sum overflows.
        var seconds = (Number(match, "d") * 86400) + (Number(match, "h") * 3600) + (Number(match, "m") * 60) + Number(match, "s");
        span = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static long Number(Match match, string group) =>
        match.Groups[group] is { Success: true, Value: var digits } ? long.Parse(digits, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(
        """
        \A (?: (?<s>[0-9]{1,9})
             | (?<h>[0-9]{1,9}) : (?<m>[0-9]{1,2}) (?: : (?<s>[0-9]{1,2}) )?
             | (?=.) (?: (?<d>[0-9]{1,9}) d\x20* )? (?: (?<h>[0-9]{1,9}) h\x20* )? (?: (?<m>[0-9]{1,9}) m\x20* )? (?: (?<s>[0-9]{1,9}) s? )?
           ) \z
        """,
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Pattern();
}
