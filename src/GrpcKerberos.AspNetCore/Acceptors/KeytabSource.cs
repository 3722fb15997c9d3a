using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Keys by LoadKeytab, or from the file that option, environment or krb5.conf name.</summary>
internal static class KeytabSource
{
    private static readonly string s_optionName = nameof(KerberosAuthenticationOptions.Keytab);

    /// <summary>The keytab as the options, krb5.conf and the environment name it now.</summary>
    /// <exception cref="Protocol.KerberosException">The keytab is absent, unreadable or damaged.</exception>
    public static ValueTask<LoadedKeytab> LoadAsync(KerberosAuthenticationOptions options, Krb5Config config, CancellationToken cancellationToken) =>
        ReadAsync(options, options.LoadKeytab is null ? Locate(options, config) : null, cancellationToken);

    /// <summary>The keytab from where it was found before: this file, or LoadKeytab.</summary>
    /// <exception cref="Protocol.KerberosException">The keytab is absent, unreadable or damaged.</exception>
    public static async ValueTask<LoadedKeytab> ReadAsync(KerberosAuthenticationOptions options, FileLocation? file, CancellationToken cancellationToken)
    {
        var now = (options.TimeProvider ?? TimeProvider.System).GetUtcNow();
        if (file is not null) return new LoadedKeytab(Stamp: KeytabLoader.StampOf(file), Keys: KeytabLoader.Load(file), Source: file.ToString(), File: file, LoadedAt: now);
        var octets = await options.LoadKeytab!(cancellationToken).ConfigureAwait(false);
        return new LoadedKeytab(KeytabFile.Read(octets.Span, "The keytab of LoadKeytab"), "of LoadKeytab", File: null, default, now);
    }

    /// <summary>The option that says where the keys are.</summary>
    public static string Setting(KerberosAuthenticationOptions options) => options.LoadKeytab is null ? s_optionName : nameof(options.LoadKeytab);

    private static FileLocation Locate(KerberosAuthenticationOptions options, Krb5Config config)
    {
        var location = ServerKeytabLocation.Resolve(options.Keytab, s_optionName, config, Environment.GetEnvironmentVariable);
        // Messages begin with the option's full name already; only another setting needs to be named.
        return location.Setting == s_optionName ? location with { Setting = null } : location;
    }
}
