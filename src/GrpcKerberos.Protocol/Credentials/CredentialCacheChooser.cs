namespace GrpcKerberos.Protocol.Credentials;

/// <summary>
/// Chooses among the caches of a DIR collection: the primary one, or where a principal is wanted its own. A file is read again when it has changed,
/// so that this may be asked often.
/// </summary>
/// <param name="wanted">Whose cache; null: the primary one.</param>
internal sealed class CredentialCacheChooser(Func<KerberosPrincipal?> wanted)
{
    /// <summary>More than anybody logs in as; a directory of more is looked through no further.</summary>
    private const int MaxFiles = 256;

    private Dictionary<string, Seen> _seen = [];

    /// <summary>The path of the wanted principal's cache: the primary one if it is that, else the one whose login ends last; the primary one too where none is.</summary>
    /// <exception cref="KerberosException"><see cref="KerberosError.NoCredentials"/>: the directory cannot be read; or what <c>wanted</c> throws.</exception>
    public string Choose(CredentialCacheDirectory directory)
    {
        if (wanted() is not { } principal) return directory.Primary();
        var paths = directory.All().Take(MaxFiles).ToList();
        var old = _seen;
        _seen = paths.ToDictionary(static path => path, path => Look(path, old));
        var own = paths.Where(path => principal.Equals(_seen[path].Summary?.Owner)).ToList();
        if (own.Count == 0 || own[0] == paths[0]) return paths[0];
        return own.MaxBy(path => _seen[path].Summary!.Ends)!;
    }

    private static Seen Look(string path, Dictionary<string, Seen> old)
    {
        var stamp = FileStamp.Of(path);
        if (old.TryGetValue(path, out var seen) && seen.Stamp == stamp) return seen;
        return new Seen(stamp, CredentialCacheSummary.Of(path));
    }

    private readonly record struct Seen(FileStamp Stamp, CredentialCacheSummary? Summary);
}
