using System.Text;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>The textual form of names (RFC 1964 section 2.1.1): <c>a/b@REALM</c>, with / @ \ and control characters escaped by \.</summary>
internal static class PrincipalText
{
    public static string Format(IReadOnlyList<string> components, string? realm = null)
    {
        var text = new StringBuilder();
        for (var i = 0; i < components.Count; i++)
        {
            if (i > 0) text.Append('/');
            Escape(text, components[i], slashToo: true);
        }

        if (string.IsNullOrEmpty(realm)) return text.ToString();
        text.Append('@');
        Escape(text, realm, slashToo: false);
        return text.ToString();
    }

    /// <summary>Splits text into components and, where an @ stands, the realm. False for an empty name, a second @, a dangling \, or half a character.</summary>
    public static bool TrySplit(string text, out List<string> components, out string? realm)
    {
        components = [];
        realm = null;
        if (!IsUnicode(text)) return false;
        var part = new StringBuilder();
        var inRealm = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\')
            {
                if (++i == text.Length) return false;
                part.Append(Unescape(text[i]));
            }
            else if (c == '@')
            {
                if (inRealm) return false;
                components.Add(part.ToString());
                part.Clear();
                inRealm = true;
            }
            else if (c == '/' && !inRealm)
            {
                components.Add(part.ToString());
                part.Clear();
            }
            else
            {
                part.Append(c);
            }
        }

        if (inRealm) realm = part.ToString();
        else components.Add(part.ToString());
        return realm != "" && components.TrueForAll(static s => s.Length > 0);
    }

    /// <summary>No surrogate without its other half: UTF-8 has no octets for one, so all such names would be one on the wire.</summary>
    private static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) return false;
        }

        return true;
    }

    private static void Escape(StringBuilder text, string value, bool slashToo)
    {
        foreach (var c in value)
        {
            var escaped = c switch
            {
                '\\' or '@' => c,
                '/' when slashToo => c,
                '\n' => 'n',
                '\t' => 't',
                '\b' => 'b',
                '\0' => '0',
                _ => default(char?),
            };
            if (escaped is { } e) text.Append('\\').Append(e);
            else text.Append(c);
        }
    }

    private static char Unescape(char c) => c switch { 'n' => '\n', 't' => '\t', 'b' => '\b', '0' => '\0', _ => c };
}
