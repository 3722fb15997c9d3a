using GrpcKerberos.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Options = GrpcKerberos.KerberosClientOptions;

namespace GrpcKerberos.Client;

/// <summary>The section an identity was given, and the keys such sections have.</summary>
/// <param name="Identity">The name AddKerberosClient gave it.</param>
/// <param name="Configuration">The section.</param>
internal sealed record ClientSection(string Identity, IConfiguration Configuration)
{
    /// <summary>None of them is live: an identity, with its tickets and sessions, is one thing for as long as it lasts.</summary>
    public static SettingsTable<Options> Table { get; } = new(
        "AddKerberosClient",
        [nameof(Options.LoadKeytab), nameof(Options.EncryptionTypeProviders), nameof(Options.ChannelBinding), nameof(Options.TimeProvider)],
        [
            new(nameof(Options.Principal), static (o, s) => o.Principal = s.Text(), static o => o.Principal),
            new(nameof(Options.Keytab), static (o, s) => o.Keytab = s.Text(), static o => o.Keytab),
            new(nameof(Options.CredentialCache), static (o, s) => o.CredentialCache = s.Text(), static o => o.CredentialCache),
            new(nameof(Options.ArmorCredentialCache), static (o, s) => o.ArmorCredentialCache = s.Text(), static o => o.ArmorCredentialCache),
            new(nameof(Options.UseDefaultCredentials), static (o, s) => o.UseDefaultCredentials = s.Boolean(), static o => o.UseDefaultCredentials),
            new(nameof(Options.TokenFormat), static (o, s) => o.TokenFormat = s.Name<KerberosTokenFormat>(), static o => o.TokenFormat),
            new(nameof(Options.Realm), static (o, s) => o.Realm = s.Text(), static o => o.Realm),
            new(nameof(Options.Kdcs), static (o, s) => s.ListTo(o.Kdcs), static o => Setting.Joined(o.Kdcs)),
            new(nameof(Options.Krb5Config), static (o, s) => o.Krb5Config = s.Text(), static o => o.Krb5Config),
            new(nameof(Options.ServicePrincipal), static (o, s) => o.ServicePrincipal = s.Text() ?? "", static o => o.ServicePrincipal),
            new(
                nameof(Options.RequireMutualAuthentication),
                static (o, s) => o.RequireMutualAuthentication = s.Boolean(),
                static o => o.RequireMutualAuthentication),
            new(
                nameof(Options.RequireServerBoundSessions),
                static (o, s) => o.RequireServerBoundSessions = s.Boolean(),
                static o => o.RequireServerBoundSessions),
            new(nameof(Options.EstablishFirst), static (o, s) => o.EstablishFirst = s.Boolean(), static o => o.EstablishFirst),
            new(nameof(Options.MaxHeaderTokenBytes), static (o, s) => o.MaxHeaderTokenBytes = s.Number(), static o => o.MaxHeaderTokenBytes),
            new(nameof(Options.KdcTimeout), static (o, s) => o.KdcTimeout = s.Duration(), static o => o.KdcTimeout),
            new(nameof(Options.EncryptionTypes), static (o, s) => s.ListTo(o.EncryptionTypes), static o => Setting.Joined(o.EncryptionTypes)),
        ]);

    /// <summary>Tells of changes that the running process does not follow, until it is disposed.</summary>
    /// <param name="start">The options the identity goes by.</param>
    /// <param name="read">Makes them anew, of configuration and code.</param>
    /// <param name="log">Where to tell.</param>
    public IDisposable Watch(Options start, Func<Options> read, ClientLog log)
    {
        var path = Configuration is IConfigurationSection section ? section.Path : nameof(KerberosClientOptions);
        var reloaded = new ReloadedOptions<Options>(Configuration, Table, start, read)
        {
            Adopt = static (_, _) => { },
            Defer = names => log.SettingsDeferred(path, names),
            Refuse = reason => log.SettingsRefused(path, reason),
        };
        return ChangeToken.OnChange(Configuration.GetReloadToken, reloaded.Look);
    }

    /// <exception cref="OptionsValidationException">A key is unknown, or its value is not of its type.</exception>
    public void Read(Options options)
    {
        var problems = Table.Read(Configuration, options);
        if (problems.Count > 0) throw new OptionsValidationException(Identity, typeof(Options), problems);
    }
}
