using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>Reads DOMAIN-X500-COMPRESS, the list of realms a ticket came through (RFC 4120 section 3.3.3.2).</summary>
/// <remarks>
/// <code>
/// EDU,MIT.,WASHINGTON.EDU    a trailing "." : put before the realm named last: EDU, MIT.EDU, WASHINGTON.EDU
/// /COM,/HP, /COM/DEC         a leading "/"  : put behind the realm named last, unless a space stands before it: /COM, /COM/HP, /COM/DEC
/// ,EDU                       nothing        : all realms between the neighbours; the client's realm is before the first, the service's behind the last
/// A\,B                       "\"            : the next character is part of the name
/// </code>
/// </remarks>
internal static class TransitedRealms
{
    /// <summary>A way of so many realms has gone astray.</summary>
    public const int MaxRealms = 64;

    /// <summary>Of one realm's name, as of a domain's: names put before or behind each other would else add up to megabytes.</summary>
    public const int MaxNameLength = 255;

    private const int MaxOctets = 4096;
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="contents">The contents of a TransitedEncoding, not empty.</param>
    /// <param name="client">The client's realm.</param>
    /// <param name="service">The service's realm.</param>
    /// <param name="realms">All realms meant, those that "nothing" stands for among them.</param>
    /// <returns>False where the list is malformed, too long, or leaves out realms that cannot be told.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> contents, string client, string service, [NotNullWhen(true)] out IReadOnlyList<string>? realms)
    {
        realms = null;
        // Some KDCs count the zero behind a C string.
        if (contents is [.., 0]) contents = contents[..^1];
        if (contents.Length > MaxOctets || !TryText(contents, out var text) || !TrySplit(text, out var fields)) return false;
        var read = new List<string>();
        var (last, before, isGap) = ("", client, false);
        foreach (var field in fields)
        {
            if (field.Name.Length == 0)
            {
                isGap = true;
                continue;
            }

            last = field.On(last);
            if (last.Length > MaxNameLength) return false;
            if (isGap && !TryFill(read, before, last)) return false;
            read.Add(last);
            if (read.Count > MaxRealms) return false;
            (before, isGap) = (last, false);
        }

        if (isGap && !TryFill(read, before, service)) return false;
        realms = read;
        return read.Count <= MaxRealms;
    }

    private static bool TryFill(List<string> read, string before, string behind)
    {
        if (RealmHierarchy.Between(before, behind) is not { } between) return false;
        read.AddRange(between);
        return true;
    }

    private static bool TryText(ReadOnlySpan<byte> octets, out string text)
    {
        text = "";
        try
        {
            text = s_strict.GetString(octets);
            // A name ends up in logs, and no realm has any of these (RFC 4120 section 6.1).
            return !text.Any(char.IsControl);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static bool TrySplit(string text, out List<Field> fields)
    {
        fields = [];
        var field = new FieldBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == ',')
            {
                fields.Add(field.Take());
            }
            else if (text[i] != '\\')
            {
                field.Add(text[i], isQuoted: false);
            }
            else if (++i < text.Length)
            {
                field.Add(text[i], isQuoted: true);
            }
            else
            {
                return false;
            }
        }

        fields.Add(field.Take());
        return true;
    }

    /// <summary>A subfield: a name, or what is to be put before or behind the one before.</summary>
    private readonly record struct Field(string Name, bool IsBefore, bool IsBehind)
    {
        public string On(string last) => IsBefore ? Name + last : IsBehind ? last + Name : Name;
    }

    private sealed class FieldBuilder
    {
        private readonly StringBuilder _name = new();
        private bool _standsAlone;
        private bool _isBefore;
        private bool _isBehind;

        public void Add(char c, bool isQuoted)
        {
            if (c == ' ' && !isQuoted && _name.Length == 0)
            {
                _standsAlone = true;
                return;
            }

            if (_name.Length == 0) _isBehind = c == '/' && !isQuoted;
            _isBefore = c == '.' && !isQuoted;
            _name.Append(c);
        }

        public Field Take()
        {
            var field = new Field(_name.ToString(), _isBefore && !_standsAlone, _isBehind && !_standsAlone);
            _name.Clear();
            (_standsAlone, _isBefore, _isBehind) = (false, false, false);
            return field;
        }
    }
}
