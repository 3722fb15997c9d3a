using GrpcKerberos.AspNetCore.Settings;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Keys by LoadKeytab, or from the file that option, environment or krb5.conf name.</summary>
internal static class KeytabSource
{
    private static readonly string s_optionName = nameof(KerberosAuthenticationOptions.Keytab);

    /// <exception cref="Protocol.KerberosException">The keytab is absent, unreadable or damaged.</exception>
    public static async ValueTask<LoadedKeytab> LoadAsync(KerberosAuthenticationOptions options, Krb5Config config, CancellationToken cancellationToken)
    {
        if (options.LoadKeytab is { } load)
        {
            var octets = await load(cancellationToken).ConfigureAwait(false);
            return new LoadedKeytab(KeytabFile.Read(octets.Span, "The keytab of LoadKeytab"), "of LoadKeytab", File: null);
        }

        var location = ServerKeytabLocation.Resolve(options.Keytab, s_optionName, config, Environment.GetEnvironmentVariable);
        // Messages begin with the option's full name already; only another setting needs to be named.
        if (location.Setting == s_optionName) location = location with { Setting = null };
        return new LoadedKeytab(KeytabLoader.Load(location), location.ToString(), location);
    }

    /// <summary>How a message about the keytab of a scheme begins.</summary>
    public static string Setting(string scheme) => $"{SettingsBinder.Section(scheme)}:{s_optionName}";
}
