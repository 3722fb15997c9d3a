namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Where the login's tickets are: option, KRB5CCNAME, default_ccache_name, then <c>/tmp/krb5cc_{uid}</c>.</summary>
internal static class CredentialCacheLocation
{
    public const string Variable = "KRB5CCNAME";

    /// <summary>The file to read, of a directory's (<c>DIR:/run/user/1000/krb5cc</c>) as it chooses now.</summary>
    /// <param name="option">What the options say, or null.</param>
    /// <param name="config">krb5.conf.</param>
    /// <param name="environment">Looks a variable up.</param>
    /// <param name="optionName">The option as its owner would look for it.</param>
    /// <param name="choose">Chooses among a directory's caches; null: its primary one.</param>
    /// <exception cref="KerberosException"><see cref="KerberosError.NoCredentials"/>: the name is of a kind other than FILE and DIR.</exception>
    public static FileLocation Resolve(
        string? option,
        Krb5Config config,
        Func<string, string?> environment,
        string optionName = "KerberosClientOptions.CredentialCache",
        Func<CredentialCacheDirectory, string>? choose = null)
    {
        var location = LocationOrder.First(
            (option, optionName), (environment(Variable), Variable), (config.DefaultCredentialCacheName, "default_ccache_name"));
        location ??= new FileLocation(DefaultPath(environment));
        var (kind, path) = FileKind.Split(location.Path);
        return kind switch
        {
            "FILE" => location with { Path = path },
            "DIR" when path is [':', _, ..] => location with { Path = path[1..], CachePrefix = CredentialCacheDirectory.FilePrefix },
            "DIR" when path is [not ':', ..] => InDirectory(location with { Path = path }, choose),
            _ => throw new KerberosException(
                KerberosError.NoCredentials,
                $"The credential cache is {location.Path}; GrpcKerberos reads FILE and DIR caches. "
                + $"Next: {Variable}=FILE:{DefaultPath(environment)} kinit, or set UseDefaultCredentials."),
        };
    }

    private static FileLocation InDirectory(FileLocation location, Func<CredentialCacheDirectory, string>? choose)
    {
        var directory = new CredentialCacheDirectory(location);
        return location with { Path = choose?.Invoke(directory) ?? directory.Primary(), CachePrefix = CredentialCacheDirectory.FilePrefix };
    }

    private static string DefaultPath(Func<string, string?> environment) =>
        PathTokens.Expand(OperatingSystem.IsWindows() ? @"%{TEMP}\krb5cc_%{username}" : "/tmp/krb5cc_%{uid}", environment);
}
