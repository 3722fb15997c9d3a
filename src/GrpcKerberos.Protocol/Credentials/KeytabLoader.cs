using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Keytabs from the file system, with messages that tell which file, what is wrong and how to mend it.</summary>
internal static class KeytabLoader
{
    public static Keytab Load(string path) => Load(new FileLocation(path));

    /// <exception cref="KerberosException"><see cref="KerberosError.KeytabUnusable"/>: absent, unreadable or damaged.</exception>
    public static Keytab Load(FileLocation location)
    {
        var (kind, path) = FileKind.Split(location.Path);
        if (kind is not ("FILE" or "WRFILE"))
            throw Unusable($"Keytab {location} is of the kind {kind}; GrpcKerberos reads files. Next: name a file, FILE:/etc/krb5.keytab for one.");
        location = location with { Path = path };
        var file = ReadFile(location);
        if (file.Length == 0) throw Unusable($"Keytab {location} is empty. Next: export it again.");
        try
        {
            return KeytabFile.Read(file, $"Keytab {location}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(file);
        }
    }

    /// <summary>Whether the file is still the one that was read; the default where it is not there.</summary>
    public static FileStamp StampOf(FileLocation location) => FileStamp.Of(FileKind.Split(location.Path).Path);

    /// <summary>The text for a file that is there and may not be read; owner and mode where they are known.</summary>
    internal static string UnreadableText(FileLocation location, string reader, string? owner, UnixFileMode? mode)
    {
        var why = (owner, mode) switch
        {
            (not null, { } m) => $"owner {owner}, mode {Octal(m)}",
            (null, { } m) => $"mode {Octal(m)}",
            _ => "access is denied",
        };
        return $"Keytab {location} cannot be read by {reader}: {why}. "
            + "Next: give this user the file (chown; in Kubernetes securityContext.fsGroup and defaultMode 0440).";
    }

    private static string AbsentText(FileLocation location) => location.IsDefault
        ? $"Keytab {location} does not exist, and no setting names another. Next: set Keytab or KRB5_KTNAME to the service's, or mount it there."
        : $"Keytab {location} does not exist. Next: mount it there or correct the setting.";

    private static byte[] ReadFile(FileLocation location)
    {
        try
        {
            return BoundedFile.ReadAll(location.Path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unusable(AbsentText(location), e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Unusable(UnreadableText(location, UnixAccount.Self, UnixAccount.OwnerOf(location.Path), ModeOf(location.Path)), e);
        }
        catch (InvalidDataException e)
        {
            throw Unusable($"Keytab {location} {e.Message}. Next: correct the setting.", e);
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            throw Unusable($"Keytab {location} cannot be read: {e.Message} Next: mend the disk or the mount, or correct the setting.", e);
        }
    }

    private static UnixFileMode? ModeOf(string path)
    {
        if (OperatingSystem.IsWindows()) return null;
        try
        {
            return File.GetUnixFileMode(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Octal(UnixFileMode mode) => "0" + Convert.ToString((int)mode, 8).PadLeft(3, '0');

    private static KerberosException Unusable(string text, Exception? inner = null) => new(KerberosError.KeytabUnusable, text, inner);
}
