using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace GrpcKerberos.Wire;

/// <summary>The value of stock GSS-API clients, in both directions: <c>Negotiate ‹base64›</c> (RFC 4559 section 4), base64 with its padding.</summary>
internal static class NegotiateValue
{
    private static readonly SearchValues<char> s_base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    /// <summary>Null where there is nothing to say: a bare scheme word would ask for a new negotiation.</summary>
    public static string? Format(ReadOnlySpan<byte> token) => token.IsEmpty ? null : $"{KerberosMetadata.Negotiate} {Convert.ToBase64String(token)}";

    /// <summary>What stands behind the scheme word; false where another scheme, or nothing, stands there.</summary>
    public static bool TryAfterScheme(ReadOnlySpan<char> value, out ReadOnlySpan<char> rest)
    {
        rest = default;
        if (!value.StartsWith(KerberosMetadata.Negotiate, StringComparison.OrdinalIgnoreCase)) return false;
        rest = value[KerberosMetadata.Negotiate.Length..];
        if (!rest.IsEmpty && rest[0] != ' ') return false;
        rest = rest.Trim(' ');
        return true;
    }

    /// <summary>What is wrong with it is said in words that quote nothing of it.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? token, [NotNullWhen(false)] out string? problem)
    {
        token = null;
        if (!TryAfterScheme(text, out var rest)) problem = "the scheme is not Negotiate";
        else if (rest.IsEmpty) problem = "it holds no token";
        // The decoder alone would pass over blanks and line ends.
        else if (rest.ContainsAnyExcept(s_base64) || !TryDecode(rest, out token)) problem = "it is not base64";
        else problem = null;
        return problem is null;
    }

    private static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? octets)
    {
        octets = new byte[(text.Length / 4 * 3) + 3];
        var fits = Convert.TryFromBase64Chars(text, octets, out var length);
        octets = fits ? octets[..length] : null;
        return fits;
    }
}
