namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Where a service's keys are: option, KRB5_KTNAME, default_keytab_name, then <c>/etc/krb5.keytab</c>.</summary>
internal static class ServerKeytabLocation
{
    public const string Variable = "KRB5_KTNAME";

    /// <param name="option">What the options say, or null.</param>
    /// <param name="optionName">The option as its owner would look for it, <c>Authentication:Schemes:Kerberos:Keytab</c> for one.</param>
    /// <param name="config">krb5.conf.</param>
    /// <param name="environment">Looks a variable up.</param>
    public static FileLocation Resolve(string? option, string optionName, Krb5Config config, Func<string, string?> environment) =>
        LocationOrder.First((option, optionName), (environment(Variable), Variable), (config.DefaultKeytabName, "default_keytab_name"))
        ?? new FileLocation(DefaultPath(environment)) { IsDefault = true };

    private static string DefaultPath(Func<string, string?> environment) =>
        OperatingSystem.IsWindows() ? Path.Combine(environment("windir") ?? @"C:\Windows", "krb5kt") : "/etc/krb5.keytab";
}
