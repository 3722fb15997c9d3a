using System.Globalization;

namespace GrpcKerberos.Protocol.Pac;

/// <summary>The textual form of SIDs (MS-DTYP 2.4.2.1): <c>S-1-5-21-1-2-3-1104</c>; an authority beyond 32 bits is <c>0x</c> and twelve digits.</summary>
internal static class SidText
{
    private const string Start = "S-1-";
    private const int LargeAuthorityLength = 14;

    public static string Format(ulong authority, ReadOnlySpan<uint> parts, uint last)
    {
        Span<char> text = stackalloc char[Start.Length + LargeAuthorityLength + (11 * Sid.MaxSubAuthorities)];
        Start.CopyTo(text);
        var at = Start.Length;
        int written;
        if (authority <= uint.MaxValue) authority.TryFormat(text[at..], out written, default, CultureInfo.InvariantCulture);
        else text[at..].TryWrite(CultureInfo.InvariantCulture, $"0x{authority:X12}", out written);
        at += written;
        foreach (var part in parts) at += Append(text[at..], part);
        at += Append(text[at..], last);
        return text[..at].ToString();
    }

    /// <summary>The authority and as many sub-authorities as <paramref name="parts"/> has room for.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, Span<uint> parts, out ulong authority, out int count)
    {
        authority = 0;
        count = 0;
        if (!text.StartsWith(Start, StringComparison.Ordinal)) return false;
        var rest = text[Start.Length..];
        if (!TryReadAuthority(Next(ref rest, out var isLast), out authority)) return false;
        while (!isLast)
        {
            if (count == parts.Length || !TryReadNumber(Next(ref rest, out isLast), out parts[count])) return false;
            count++;
        }

        return count > 0;
    }

    private static int Append(Span<char> text, uint part)
    {
        text[0] = '-';
        part.TryFormat(text[1..], out var written, default, CultureInfo.InvariantCulture);
        return written + 1;
    }

    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> rest, out bool isLast)
    {
        var end = rest.IndexOf('-');
        isLast = end < 0;
        var part = isLast ? rest : rest[..end];
        rest = isLast ? default : rest[(end + 1)..];
        return part;
    }

    private static bool TryReadAuthority(ReadOnlySpan<char> text, out ulong authority)
    {
        if (text.Length != LargeAuthorityLength || !text.StartsWith("0x", StringComparison.Ordinal))
        {
            var isSmall = TryReadNumber(text, out var small);
            authority = small;
            return isSmall;
        }

        return ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out authority)
            && authority > uint.MaxValue
            && text[2..].IndexOfAnyInRange('a', 'f') < 0;
    }

    /// <summary>Digits, none of them a zero in front.</summary>
    private static bool TryReadNumber(ReadOnlySpan<char> text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && (text[0] != '0' || text.Length == 1);
}
