using System.Text;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>
/// The syntax of one krb5.conf, line by line. A <c>*</c> behind a section, a name or a closing brace makes it final.
/// <code>
/// # comment, ; comment        only at the start of a line
/// [section]                   lines before the first are ignored, as MIT does
/// name = value                or "value" with \n \t \b \\ \" inside
/// name = {                    the brace may stand on the next line
///     name = value
/// }
/// include FILE, includedir DIRECTORY, module FILE:REST       at the very start of a line
/// </code>
/// </summary>
/// <param name="file">Where the lines come from.</param>
/// <param name="relations">Receives what they say.</param>
/// <param name="finals">Receives what is final: later files of KRB5_CONFIG have no say in it.</param>
internal sealed class Krb5ConfigParser(string file, List<Krb5Relation> relations, Krb5Finals finals)
{
    /// <summary>The deepest of MIT's own settings has three levels.</summary>
    private const int MaxDepth = 16;

    private static readonly string[] s_directives = ["includedir", "include", "module"];

    private readonly List<string> _sections = [];

    /// <summary>A name whose brace must open the next line.</summary>
    private string? _awaitsBrace;

    public static bool TryDirective(string line, out string directive, out string argument)
    {
        directive = Array.Find(s_directives, d => line.Length > d.Length && line.StartsWith(d, StringComparison.Ordinal) && char.IsWhiteSpace(line[d.Length])) ?? "";
        argument = directive.Length == 0 ? "" : line[directive.Length..].Trim();

        // "include = x" is a relation.
        return directive.Length > 0 && !argument.StartsWith('=');
    }

    public void Line(string text, int number)
    {
        var line = text.Trim();
        if (line.Length == 0 || line[0] is '#' or ';') return;
        if (_awaitsBrace is { } name)
        {
            if (line != "{") throw Invalid(number, $"\"{name} =\" has neither a value nor a {{", "give it one, or take the line out");
            Open(name, number);
        }
        else if (line[0] == '[')
        {
            Section(line, number);
        }
        else if (_sections.Count > 0)
        {
            if (line[0] == '}') Close(line, number);
            else Relation(line, number);
        }
    }

    public void End(int number)
    {
        if (_sections.Count > 1 || _awaitsBrace is not null) throw Invalid(number, $"the file ends inside \"{_awaitsBrace ?? _sections[^1]}\"", "close it with }");
    }

    private void Section(string line, int number)
    {
        if (_sections.Count > 1) throw Invalid(number, $"a section begins inside \"{_sections[^1]}\"", "close that with }");
        var end = line.IndexOf(']', StringComparison.Ordinal);
        var name = end < 0 ? "" : line[1..end].Trim();
        var rest = end < 0 ? "" : line[(end + 1)..].Trim();
        if (name.Length == 0 || rest is not ("" or "*")) throw Invalid(number, "a section is not written as [name]", "mend the line");
        _sections.Clear();
        _sections.Add(name);
        if (rest == "*") finals.Add(_sections);
    }

    private void Relation(string line, int number)
    {
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? "" : line[..equals].Trim();
        var isFinal = name.EndsWith('*');
        if (isFinal) name = name[..^1].TrimEnd();
        if (name.Length == 0 || name.Any(char.IsWhiteSpace)) throw Invalid(number, "this is not of the form \"name = value\"", "mend the line, or start it with # to leave it out");
        if (isFinal) finals.Add([.. _sections, name]);
        var value = line[(equals + 1)..].Trim();
        if (value.Length == 0) _awaitsBrace = name;
        else if (value == "{") Open(name, number);
        else relations.Add(new Krb5Relation([.. _sections], name, value[0] == '"' ? Unquote(value, number) : value, file, number));
    }

    private void Open(string name, int number)
    {
        if (_sections.Count == MaxDepth) throw Invalid(number, $"braces nest deeper than {MaxDepth}", "take them out");
        _awaitsBrace = null;
        _sections.Add(name);
    }

    private void Close(string line, int number)
    {
        var rest = line[1..].Trim();
        if (_sections.Count < 2 || rest is not ("" or "*")) throw Invalid(number, "a } closes nothing, or something follows it", "mend the line");
        if (rest == "*") finals.Add(_sections);
        _sections.RemoveAt(_sections.Count - 1);
    }

    private string Unquote(string value, int number)
    {
        var text = new StringBuilder();
        for (var i = 1; i < value.Length && value[i] != '"'; i++)
        {
            if (value[i] != '\\') text.Append(value[i]);
            else if (++i < value.Length) text.Append(value[i] switch { 'n' => '\n', 't' => '\t', 'b' => '\b', var c => c });
        }

        return value.Length > 1 && value.EndsWith('"') ? text.ToString() : throw Invalid(number, "a quoted value has no closing quote, or something follows it", "mend the line");
    }

    private KerberosException Invalid(int number, string what, string next) => Krb5Relation.Invalid(file, number, what, next);
}
