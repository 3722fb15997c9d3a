using GrpcKerberos.AspNetCore;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Tool.Doctor.Server;

/// <summary>What is asked about a service, and what the checks have found so far.</summary>
/// <param name="host">The process.</param>
/// <param name="options">As a service has them: keytab, krb5.conf and names.</param>
/// <param name="cache">Whose tickets the KDC is asked by; null: the default cache's, or those of the keytab itself.</param>
internal sealed class ServerCase(ToolHost host, KerberosAuthenticationOptions options, string? cache)
{
    private Krb5Config? _config;
    private LoadedKeytab? _keytab;

    public ToolHost Host => host;

    public KerberosAuthenticationOptions Options => options;

    public string? Cache => cache;

    public Krb5Config Config => _config ?? throw new InvalidOperationException("krb5.conf was not read.");

    public LoadedKeytab Keytab => _keytab ?? throw new InvalidOperationException("The keytab was not read.");

    public IReadOnlyList<EncryptionType> Permitted => PolicyBuilder.EncryptionTypes(options, Config);

    /// <summary>The names asked for, else all that a service with this keytab goes by.</summary>
    public IReadOnlyList<KerberosPrincipal> Names => options.ServicePrincipals.Count > 0 ? KeytabCheck.Names(options, Keytab.Keys) : Keytab.Keys.Principals;

    public Krb5Config Read()
    {
        var config = Krb5Config.Load(options.Krb5Config, host.Environment);
        var location = ServerKeytabLocation.Resolve(options.Keytab, "--keytab", config, host.Environment);
        _keytab = new LoadedKeytab(KeytabLoader.Load(location), location.ToString(), location, KeytabLoader.StampOf(location), host.Time.GetUtcNow());
        return _config = config;
    }
}
