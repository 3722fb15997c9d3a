using System.Security.Cryptography;
using System.Text;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>
/// A DIR collection as MIT krb5 has it: a directory of FILE caches, one for each login, of which one is the primary.
/// <code>
/// primary      one line: the name of the primary cache; tkt where there is no such file
/// tkt, tktXXXXXX
/// </code>
/// </summary>
/// <param name="location">The directory, and the setting that names it.</param>
internal sealed class CredentialCacheDirectory(FileLocation location)
{
    /// <summary>Before the path of one cache of a directory: <c>DIR::/run/user/1000/krb5cc/tkt</c>.</summary>
    public const string FilePrefix = "DIR::";

    private const string PrimaryFile = "primary";
    private const string CacheNameStart = "tkt";
    private const string NameCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>The most a file system takes for a name.</summary>
    private const int MaxNameLength = 255;

    /// <summary>The path of the primary cache, which need not exist.</summary>
    /// <exception cref="KerberosException"><see cref="KerberosError.NoCredentials"/>: the file that names it says something else.</exception>
    public string Primary() => PathOf(PrimaryName() ?? CacheNameStart);

    /// <summary>The paths of all caches, the primary one first.</summary>
    /// <exception cref="KerberosException">As above.</exception>
    public IReadOnlyList<string> All()
    {
        var primary = Primary();
        return [primary, .. Files().Where(path => path != primary)];
    }

    /// <summary>Writes a login's cache over the same principal's old one, else beside those of others, and makes it the primary.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="IOException">The directory does not take it; <see cref="UnauthorizedAccessException"/> likewise.</exception>
    /// <exception cref="KerberosException">As above.</exception>
    public string Save(CredentialCache cache)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(location.Path);
        else Directory.CreateDirectory(location.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = All().FirstOrDefault(p => cache.Owner.Equals(CredentialCacheSummary.Of(p)?.Owner)) ?? NewPath();
        CredentialCacheFile.Save(cache, path);
        PrivateFile.Write(PathOf(PrimaryFile), Encoding.UTF8.GetBytes(Path.GetFileName(path) + "\n"));
        return path;
    }

    private string NewPath()
    {
        var first = PathOf(CacheNameStart);
        return File.Exists(first) ? PathOf(CacheNameStart + RandomNumberGenerator.GetString(NameCharacters, 6)) : first;
    }

    private IEnumerable<string> Files()
    {
        try
        {
            return [.. Directory.EnumerateFiles(location.Path, CacheNameStart + "*").Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unusable($"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Null where there is no such file.</summary>
    private string? PrimaryName()
    {
        string text;
        try
        {
            text = Encoding.UTF8.GetString(BoundedFile.ReadAll(PathOf(PrimaryFile)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            throw Unusable($"cannot be read: the file \"{PrimaryFile}\" in it {(e is InvalidDataException ? e.Message : "gives an error: " + e.Message)}", e);
        }

        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var name = (end < 0 ? text : text[..end]).TrimEnd('\r');
        // Nothing that leads out of the directory.
        return name.StartsWith(CacheNameStart, StringComparison.Ordinal) && name.Length <= MaxNameLength && name.AsSpan().IndexOfAny('/', '\\', '\0') < 0
            ? name
            : throw Unusable($"is damaged: the file \"{PrimaryFile}\" in it does not name a cache ({CacheNameStart}...)", null);
    }

    private string PathOf(string name) => Path.Combine(location.Path, name);

    private KerberosException Unusable(string what, Exception? inner) => new(
        KerberosError.NoCredentials,
        $"The credential cache DIR:{location} {what.TrimEnd('.')}. Next: run kinit as this user, or correct {CredentialCacheLocation.Variable}.",
        inner);
}
