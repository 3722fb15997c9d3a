using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace GrpcKerberos.Tests.Secrets;

/// <summary>
/// Finds eight octets in a row of any secret in a text, whatever way they are written: as they are, hexadecimal, base64, base64url, or as numbers.
/// </summary>
internal sealed partial class SecretOctets
{
    private const int Window = sizeof(ulong);

    private readonly Dictionary<ulong, string> _windows = [];

    public int Count => _windows.Count;

    /// <param name="what">For the failure's text.</param>
    /// <param name="octets">A key or the like: all of it is secret.</param>
    public void Add(string what, ReadOnlySpan<byte> octets) => Add(what, octets, static _ => true);

    /// <param name="what">For the failure's text.</param>
    /// <param name="octets">A message: names stand in it that are no secret, in letters.</param>
    public void AddMessage(string what, ReadOnlySpan<byte> octets) => Add(what, octets, static window => window.ContainsAnyExceptInRange((byte)' ', (byte)'~'));

    /// <summary>What the text gives away; null where nothing.</summary>
    public string? Find(string text) =>
        Of(Encoding.UTF8.GetBytes(text)) ?? Of(Encoding.Latin1.GetBytes(text)) ?? FindHex(text) ?? FindBase64(text) ?? FindNumbers(text);

    private delegate bool IsSecret(ReadOnlySpan<byte> window);

    private void Add(string what, ReadOnlySpan<byte> octets, IsSecret isSecret)
    {
        for (var i = 0; i + Window <= octets.Length; i++)
        {
            var window = octets.Slice(i, Window);
            // Lengths, flags and padding are in every message and in keys that were zeroed.
            if (window.ToArray().Distinct().Count() > 3 && isSecret(window)) _windows.TryAdd(BinaryPrimitives.ReadUInt64BigEndian(window), what);
        }
    }

    private string? Of(ReadOnlySpan<byte> octets)
    {
        for (var i = 0; i + Window <= octets.Length; i++)
        {
            if (_windows.TryGetValue(BinaryPrimitives.ReadUInt64BigEndian(octets[i..]), out var what)) return what;
        }

        return null;
    }

    private string? FindHex(string text)
    {
        foreach (Match run in Hexadecimals().Matches(text))
        {
            var digits = string.Concat(run.Value.Replace("0x", "", StringComparison.OrdinalIgnoreCase).Where(char.IsAsciiHexDigit));
            for (var start = 0; start < 2; start++)
            {
                var even = digits[start..^((digits.Length - start) % 2)];
                if (Of(Convert.FromHexString(even)) is { } what) return what;
            }
        }

        return null;
    }

    private string? FindBase64(string text)
    {
        foreach (Match run in Base64().Matches(text))
        {
            var letters = run.Value.Replace('-', '+').Replace('_', '/');
            for (var start = 0; start < 4; start++)
            {
                var quads = letters[start..^((letters.Length - start) % 4)];
                if (Of(Convert.FromBase64String(quads)) is { } what) return what;
            }

            // The last octets, where they fill no quad.
            if (Of(Convert.FromBase64String(letters[(letters.Length % 4)..])) is { } last) return last;
        }

        return null;
    }

    private string? FindNumbers(string text)
    {
        foreach (Match run in Numbers().Matches(text))
        {
            var octets = Number().Matches(run.Value).Select(static n => int.Parse(n.Value, CultureInfo.InvariantCulture)).TakeWhile(static n => n < 256).Select(static n => (byte)n).ToArray();
            if (Of(octets) is { } what) return what;
        }

        return null;
    }

    [GeneratedRegex(@"(?:(?:0x)?[0-9A-Fa-f]{1,2}[ :,\-]{0,2}){8,}")]
    private static partial Regex Hexadecimals();

    [GeneratedRegex(@"[A-Za-z0-9+/_\-]{11,}")]
    private static partial Regex Base64();

    [GeneratedRegex(@"(?:[0-9]{1,3}[ ,;]+){7,}[0-9]{1,3}")]
    private static partial Regex Numbers();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
