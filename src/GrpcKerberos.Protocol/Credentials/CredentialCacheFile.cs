using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Credential caches on disk, each a file, in a DIR collection too: <see cref="CredentialCacheFormat"/> has the octets.</summary>
internal static class CredentialCacheFile
{
    /// <exception cref="KerberosException"><see cref="KerberosError.NoCredentials"/>: absent, unreadable or damaged.</exception>
    public static CredentialCache Load(FileLocation location) =>
        TryLoad(location)
        ?? throw Unusable(
            $"No Kerberos credentials: {location.CacheName} does not exist and no keytab is set. "
            + "Next: run kinit, or set KerberosClientOptions.Keytab (KRB5_CLIENT_KTNAME).");

    /// <summary>Null where the file does not exist: a keytab may do instead.</summary>
    /// <exception cref="KerberosException"><see cref="KerberosError.NoCredentials"/>: unreadable or damaged.</exception>
    public static CredentialCache? TryLoad(FileLocation location)
    {
        var file = ReadFile(location);
        if (file is null) return null;
        try
        {
            return CredentialCacheFormat.Read(file, $"The credential cache {location.CacheName}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(file);
        }
    }

    /// <summary>Writes version 4 for its owner's eyes only. A reader meets the old file or the new one, never a part.</summary>
    /// <exception cref="IOException">The directory does not take it; <see cref="UnauthorizedAccessException"/> likewise.</exception>
    public static void Save(CredentialCache cache, string path)
    {
        var content = CredentialCacheFormat.Write(cache);
        try
        {
            PrivateFile.Write(path, content);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static byte[]? ReadFile(FileLocation location)
    {
        try
        {
            return BoundedFile.ReadAll(location.Path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (InvalidDataException e)
        {
            throw Unusable($"The credential cache {location.CacheName} {e.Message}. Next: correct KRB5CCNAME and run kinit.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            var owner = UnixAccount.OwnerOf(location.Path);
            throw Unusable(
                $"The credential cache {location.CacheName} cannot be read by {UnixAccount.Self}{(owner is null ? "" : $": owner {owner}")}. "
                + "Next: run kinit as this user, or point KRB5CCNAME at a file of its own.",
                e);
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            throw Unusable($"The credential cache {location.CacheName} cannot be read: {e.Message} Next: correct KRB5CCNAME and run kinit.", e);
        }
    }

    private static KerberosException Unusable(string text, Exception? inner = null) => new(KerberosError.NoCredentials, text, inner);
}
