namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Which files are krb5.conf: option, KRB5_CONFIG, then the system's.</summary>
internal static class Krb5ConfigLocation
{
    public const string Variable = "KRB5_CONFIG";

    /// <summary>In the order of precedence: the first file that says something wins.</summary>
    public static IReadOnlyList<string> Resolve(string? path, Func<string, string?> environment)
    {
        if (!string.IsNullOrEmpty(path)) return [path];
        if (environment(Variable) is { Length: > 0 } list)
            return list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return
        [
            OperatingSystem.IsWindows()
                ? Path.Combine(environment("ProgramData") ?? @"C:\ProgramData", "MIT", "Kerberos5", "krb5.ini")
                : "/etc/krb5.conf",
        ];
    }
}
