using System.Text;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Opens krb5.conf and what it includes, and lays all relations out flat, in the order of precedence.</summary>
internal sealed class Krb5ConfigFile
{
    /// <summary>Deeper is a circle.</summary>
    private const int MaxDepth = 10;

    /// <summary>A directory that includes itself would otherwise multiply at every level.</summary>
    private const int MaxFiles = 1000;

    private readonly List<Krb5Relation> _relations = [];
    private readonly List<string> _files = [];

    /// <summary>What the files of the list so far made final.</summary>
    private readonly Krb5Finals _finals = new();

    private Krb5ConfigFile()
    {
    }

    /// <exception cref="KerberosException"><see cref="KerberosError.ConfigurationInvalid"/>: a file cannot be read, or has a line that cannot.</exception>
    public static IReadOnlyList<Krb5Relation> ReadAll(IReadOnlyList<string> paths, out IReadOnlyList<string> files)
    {
        var all = new Krb5ConfigFile();
        foreach (var path in paths) all.Add(path);
        files = all._files;
        return all._relations;
    }

    private void Add(string path)
    {
        string[]? lines;
        try
        {
            lines = ReadLines(path);
        }
        catch (IOException e)
        {
            throw new KerberosException(KerberosError.ConfigurationInvalid, $"{path} cannot be read: {e.Message}. Next: let this user read it, or correct KRB5_CONFIG.", e);
        }

        if (lines is null) return;
        var finals = new Krb5Finals();
        var relations = new List<Krb5Relation>();
        Parse(path, lines, new Krb5Tree(relations, finals), depth: 0);
        _relations.AddRange(relations.Where(r => !_finals.Cover(r)));
        _finals.Add(finals);
    }

    private void Parse(string path, string[] lines, Krb5Tree tree, int depth)
    {
        _files.Add(path);
        var parser = new Krb5ConfigParser(path, tree.Relations, tree.Finals);
        for (var i = 0; i < lines.Length; i++)
        {
            var line = i + 1;
            if (Krb5ConfigParser.TryDirective(lines[i], out var directive, out var argument))
                Include(directive, argument, tree, path, line, depth);
            else
                parser.Line(lines[i], line);
        }

        parser.End(lines.Length);
    }

    private void Include(string directive, string argument, Krb5Tree tree, string file, int line, int depth)
    {
        // Code that another program would load to have its configuration from: the file's own text still counts.
        if (directive == "module") return;
        if (depth == MaxDepth || _files.Count >= MaxFiles)
            throw Krb5Relation.Invalid(file, line, $"\"{directive} {argument}\" goes round in a circle, or nests deeper than {MaxDepth} files", "take it out");
        try
        {
            if (directive == "include") IncludeFile(argument, tree, depth);
            else foreach (var path in FilesOf(argument)) IncludeFile(path, tree, depth);
        }
        catch (IOException e)
        {
            throw Krb5Relation.Invalid(file, line, $"\"{directive} {argument}\" cannot be read: {e.Message}", "create it, let this user read it, or take the line out");
        }
    }

    private void IncludeFile(string path, Krb5Tree tree, int depth) =>
        Parse(path, ReadLines(path) ?? throw new IOException($"{path} does not exist"), tree, depth + 1);

    /// <summary>Names of letters, digits, - and _, and those that end in .conf: no editor's backups, no package manager's leftovers.</summary>
    private static IEnumerable<string> FilesOf(string directory)
    {
        if (!Directory.Exists(directory)) throw new IOException($"{directory} does not exist");
        try
        {
            return [.. Directory.GetFiles(directory).Where(static path => IsIncluded(Path.GetFileName(path))).Order(StringComparer.Ordinal)];
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException("access is denied", e);
        }
    }

    private static bool IsIncluded(string name) =>
        name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        || (name.EndsWith(".conf", StringComparison.Ordinal) && !name.StartsWith('.'));

    /// <summary>Null where the file does not exist; everything else that fails is an <see cref="IOException"/> with a text for people.</summary>
    private static string[]? ReadLines(string path)
    {
        try
        {
            using var reader = new StreamReader(new MemoryStream(BoundedFile.ReadAll(path)), Encoding.UTF8);
            return reader.ReadToEnd().ReplaceLineEndings("\n").Split('\n');
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"access is denied to {UnixAccount.Self}", e);
        }
        catch (InvalidDataException e)
        {
            throw new IOException($"it {e.Message}", e);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new IOException(e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>What one file of the list and those it includes say.</summary>
    private sealed record Krb5Tree(List<Krb5Relation> Relations, Krb5Finals Finals);
}
