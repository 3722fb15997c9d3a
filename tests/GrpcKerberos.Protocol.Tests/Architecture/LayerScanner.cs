using System.Text.RegularExpressions;
using GrpcKerberos.Shared;

namespace GrpcKerberos.Protocol.Tests.Architecture;

/// <summary>Finds where a file of Protocol reaches to a folder ranked right of its own.</summary>
internal sealed partial class LayerScanner(IReadOnlySet<string> publicFiles)
{
    public const string Root = "GrpcKerberos.Protocol";

    /// <summary>Each may use itself and what stands left of it.</summary>
    public static IReadOnlyList<string> Ranks { get; } = ["Registry", "Messages", "Crypto", "Pac", "Credentials", "Sessions", "ApExchange", "Kdc"];

    /// <summary>What is wrong with one file, a line each.</summary>
    /// <param name="path">The path below src/GrpcKerberos.Protocol.</param>
    /// <param name="source">Its text.</param>
    public IEnumerable<string> Scan(string path, string source)
    {
        var code = SourceText.CodeOnly(source);
        var folder = Path.GetDirectoryName(path)!.Replace('\\', '/');
        var expected = folder.Length == 0 || publicFiles.Contains(path) ? Root : $"{Root}.{folder.Replace('/', '.')}";
        var declared = Namespace().Match(code);
        if (declared.Success && declared.Groups[1].Value != expected) yield return $"{path}: its namespace is {declared.Groups[1].Value} and should be {expected}";
        if (folder.Length == 0)
        {
            if (GlobalUsing().IsMatch(code)) yield return $"{path}: a global using reaches every layer at once";
            yield break;
        }

        var rank = Rank(folder);
        if (rank < 0) yield return $"{path}: {folder} is no layer; rank it in {nameof(LayerScanner)} or move the file";
        foreach (var (index, layer, what) in References(path, code))
        {
            if (Rank(layer) > rank) yield return $"{path}:{SourceText.LineOf(code, index)}: {what} reaches to {layer}";
        }
    }

    private static int Rank(string folder) => Ranks.ToList().IndexOf(folder.Split('/')[0]);

    private IEnumerable<(int Index, string Layer, string What)> References(string path, string code)
    {
        foreach (Match name in LayerName().Matches(code)) yield return (name.Index, name.Groups["layer"].Value, name.Value.Trim());

        // A public type sits in the flat namespace: no qualification shows which layer it is of.
        foreach (var file in publicFiles.Where(f => f != path))
        {
            var type = Path.GetFileNameWithoutExtension(file);
            foreach (Match use in Regex.Matches(code, $@"(?<![\w.]){type}\b")) yield return (use.Index, file.Split('/')[0], type);
        }
    }

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^\s*global\s+using\s", RegexOptions.Multiline)]
    private static partial Regex GlobalUsing();

    /// <summary>
    /// GrpcKerberos.Protocol.Kdc in a using of any kind or in code, Protocol.Kdc.X, and from inside the namespace Kdc.X alone.
    /// A name behind another dot is a member, so a property that is called like a layer passes.
    /// </summary>
    [GeneratedRegex(@"(?<![\w.])(?:(?:GrpcKerberos\s*\.\s*)?Protocol\s*\.\s*(?<layer>Registry|Messages|Crypto|Pac|Credentials|Sessions|ApExchange|Kdc)\b|(?<layer>Registry|Messages|Crypto|Pac|Credentials|Sessions|ApExchange|Kdc)\s*\.\s*(?=[A-Z]))")]
    private static partial Regex LayerName();
}
