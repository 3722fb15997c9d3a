using System.Diagnostics.CodeAnalysis;
using System.Text;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.AspNetCore.Identity;

/// <summary>
/// Principals by pattern: <c>billing/*@CORP.EXAMPLE</c>. A * stands for anything inside one component, none of / and @; the realm
/// is written out; case counts; \ escapes as in a principal, and makes a * a star.
/// </summary>
internal sealed class PrincipalPattern
{
    private readonly string _text;
    private readonly string _realm;

    /// <summary>Of each component the pieces between its stars: one piece is the component itself.</summary>
    private readonly List<string[]> _components;

    private PrincipalPattern(string text, List<string[]> components, string realm)
    {
        _text = text;
        _components = components;
        _realm = realm;
    }

    public static bool TryParse(string? text, [NotNullWhen(true)] out PrincipalPattern? pattern)
    {
        pattern = null;
        if (string.IsNullOrEmpty(text)) return false;
        var reader = new Reader();
        if (!reader.TryRead(text) || reader.Realm is not { Length: > 0 } realm) return false;
        pattern = new PrincipalPattern(text, reader.Components, realm);
        return true;
    }

    /// <exception cref="FormatException">The text is no pattern.</exception>
    public static PrincipalPattern Parse(string text) => TryParse(text, out var pattern)
        ? pattern
        : throw new FormatException($"\"{text}\" is no principal pattern. Next: write it as name@REALM or service/*@REALM.");

    public bool Matches(KerberosPrincipal principal)
    {
        var names = principal.Components;
        if (names.Count != _components.Count || !string.Equals(principal.Realm, _realm, StringComparison.Ordinal)) return false;
        for (var i = 0; i < names.Count; i++)
        {
            if (!Matches(_components[i], names[i])) return false;
        }

        return true;
    }

    public override string ToString() => _text;

    private static bool Matches(string[] pieces, ReadOnlySpan<char> name)
    {
        if (pieces.Length == 1) return name.SequenceEqual(pieces[0]);
        if (!name.StartsWith(pieces[0], StringComparison.Ordinal)) return false;
        name = name[pieces[0].Length..];
        foreach (var piece in pieces.AsSpan(1, pieces.Length - 2))
        {
            var at = name.IndexOf(piece, StringComparison.Ordinal);
            if (at < 0) return false;
            name = name[(at + piece.Length)..];
        }

        return name.EndsWith(pieces[^1], StringComparison.Ordinal);
    }

    private sealed class Reader
    {
        private readonly StringBuilder _piece = new();
        private readonly List<string> _pieces = [];

        public List<string[]> Components { get; } = [];

        public string? Realm { get; private set; }

        public bool TryRead(string text)
        {
            var inRealm = false;
            for (var i = 0; i < text.Length; i++)
            {
                switch (text[i])
                {
                    case '\\' when i + 1 < text.Length:
                        _piece.Append(Unescape(text[++i]));
                        break;
                    case '\\' or '*' or '@' when inRealm || text[i] == '\\':
                        return false;
                    case '*':
                        _pieces.Add(Take());
                        break;
                    case '/' or '@' when !inRealm:
                        inRealm = text[i] == '@';
                        if (!EndComponent()) return false;
                        break;
                    default:
                        _piece.Append(text[i]);
                        break;
                }
            }

            Realm = inRealm ? Take() : null;
            return inRealm;
        }

        private bool EndComponent()
        {
            _pieces.Add(Take());
            if (_pieces is [""]) return false;
            Components.Add([.. _pieces]);
            _pieces.Clear();
            return true;
        }

        private string Take()
        {
            var piece = _piece.ToString();
            _piece.Clear();
            return piece;
        }

        private static char Unescape(char c) => c switch { 'n' => '\n', 't' => '\t', 'b' => '\b', '0' => '\0', _ => c };
    }
}
