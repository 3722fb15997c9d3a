namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Where a client's own keys are: option, KRB5_CLIENT_KTNAME, default_client_keytab_name, else nowhere.</summary>
internal static class ClientKeytabLocation
{
    public const string Variable = "KRB5_CLIENT_KTNAME";

    public static FileLocation? Resolve(
        string? option, Krb5Config config, Func<string, string?> environment, string optionName = "KerberosClientOptions.Keytab") =>
        LocationOrder.First(
            (option, optionName), (environment(Variable), Variable), (config.DefaultClientKeytabName, "default_client_keytab_name"));
}
