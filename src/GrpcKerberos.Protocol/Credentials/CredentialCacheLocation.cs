namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Where the login's tickets are: option, KRB5CCNAME, default_ccache_name, then <c>/tmp/krb5cc_{uid}</c>.</summary>
internal static class CredentialCacheLocation
{
    public const string Variable = "KRB5CCNAME";

    /// <exception cref="KerberosException"><see cref="KerberosError.NoCredentials"/>: the name is of a kind other than FILE.</exception>
    public static FileLocation Resolve(
        string? option, Krb5Config config, Func<string, string?> environment, string optionName = "KerberosClientOptions.CredentialCache")
    {
        var location = LocationOrder.First(
            (option, optionName), (environment(Variable), Variable), (config.DefaultCredentialCacheName, "default_ccache_name"));
        location ??= new FileLocation(DefaultPath(environment));
        var (kind, path) = FileKind.Split(location.Path);
        if (kind == "FILE") return location with { Path = path };
        throw new KerberosException(
            KerberosError.NoCredentials,
            $"The credential cache is {location.Path}; GrpcKerberos reads FILE caches. "
            + $"Next: {Variable}=FILE:{DefaultPath(environment)} kinit, or set UseDefaultCredentials.");
    }

    private static string DefaultPath(Func<string, string?> environment) =>
        PathTokens.Expand(OperatingSystem.IsWindows() ? @"%{TEMP}\krb5cc_%{username}" : "/tmp/krb5cc_%{uid}", environment);
}
