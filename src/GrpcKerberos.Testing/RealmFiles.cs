using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Testing;

/// <summary>The folder of a realm: krb5.conf, keytabs, credential caches, for its owner's eyes only.</summary>
internal sealed class RealmFiles
{
    private int _files;

    public RealmFiles() => Directory = System.IO.Directory.CreateTempSubdirectory("grpc-kerberos-").FullName; // mode 0700

    public string Directory { get; }

    public string Krb5Config => Path.Combine(Directory, "krb5.conf");

    /// <summary>A path no other file of the realm has: <c>HTTP_localhost-2.keytab</c>.</summary>
    public string NewPath(KerberosPrincipal principal, string extension)
    {
        var plain = string.Concat(string.Join('_', principal.Components).Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
        var number = Interlocked.Increment(ref _files).ToString(CultureInfo.InvariantCulture);
        return Path.Combine(Directory, $"{plain[..Math.Min(plain.Length, 64)]}-{number}.{extension}");
    }

    public void WriteKrb5Config(string realm, IPEndPoint kdc) => Write(Krb5Config, System.Text.Encoding.UTF8.GetBytes(
        $"""
        [libdefaults]
            default_realm = {realm}
            dns_lookup_kdc = false
            dns_lookup_realm = false
            dns_canonicalize_hostname = false
            rdns = false
            # Nobody's own login is taken, nor overwritten.
            default_ccache_name = FILE:{Path.Combine(Directory, "krb5cc")}

        [realms]
            {realm} = {"{"}
                kdc = {kdc}
            {"}"}

        [domain_realm]
            localhost = {realm}
            .localhost = {realm}

        """));

    public static void WriteKeytab(string path, IReadOnlyList<KeytabEntry> entries) => Write(path, KeytabFile.Write(new Keytab(entries)));

    /// <summary>A file that cannot be deleted, as open ones on Windows, stays behind in the system's temporary folder.</summary>
    public void Delete()
    {
        try
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Mode 0600; a reader meets the old file or the new one, never a part.</summary>
    private static void Write(string path, byte[] content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var temporary = $"{path}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        using (var file = new FileStream(temporary, options)) file.Write(content);
        File.Move(temporary, path, overwrite: true);
    }
}
