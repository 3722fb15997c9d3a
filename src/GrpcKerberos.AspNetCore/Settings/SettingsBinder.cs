using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Settings;

/// <summary>Reads <c>Authentication:Schemes:{scheme}</c> by hand: no reflection, and a key nobody knows stops the start.</summary>
/// <remarks>A misspelt security setting must not pass for its default.</remarks>
internal sealed class SettingsBinder(IAuthenticationConfigurationProvider configuration) : IConfigureNamedOptions<KerberosAuthenticationOptions>
{
    private static readonly Dictionary<string, Action<KerberosAuthenticationOptions, Setting>> s_settings = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(KerberosAuthenticationOptions.Keytab)] = static (o, s) => o.Keytab = s.Text(),
        [nameof(KerberosAuthenticationOptions.Krb5Config)] = static (o, s) => o.Krb5Config = s.Text(),
        [nameof(KerberosAuthenticationOptions.ServicePrincipals)] = static (o, s) => s.ListTo(o.ServicePrincipals),
        [nameof(KerberosAuthenticationOptions.EncryptionTypes)] = static (o, s) => s.ListTo(o.EncryptionTypes),
        [nameof(KerberosAuthenticationOptions.MaxClockSkew)] = static (o, s) => o.MaxClockSkew = s.Duration(),
        [nameof(KerberosAuthenticationOptions.MaxTokenBytes)] = static (o, s) => o.MaxTokenBytes = s.Number(),
        [nameof(KerberosAuthenticationOptions.RequireAuthenticatedUser)] = static (o, s) => o.RequireAuthenticatedUser = s.Boolean(),
        [nameof(KerberosAuthenticationOptions.RequirePac)] = static (o, s) => o.RequirePac = s.Boolean(),
        [nameof(KerberosAuthenticationOptions.CheckClientAddress)] = static (o, s) => o.CheckClientAddress = s.Boolean(),
        [nameof(KerberosAuthenticationOptions.Realms)] = static (o, s) => s.ListTo(o.Realms),
        [nameof(KerberosAuthenticationOptions.AcceptNegotiate)] = static (o, s) => o.AcceptNegotiate = s.Boolean(),
        [nameof(KerberosAuthenticationOptions.ChannelBinding)] = static (o, s) => o.ChannelBinding = s.Name<ChannelBindingPolicy>(),
        [nameof(KerberosAuthenticationOptions.ChannelBindingCertificates)] = static (o, s) => s.ListTo(o.ChannelBindingCertificates),
        [nameof(KerberosAuthenticationOptions.UnsafeCallsOnTokenAlone)] = static (o, s) => o.UnsafeCallsOnTokenAlone = s.Boolean(),
        [nameof(KerberosAuthenticationOptions.StrictStart)] = static (o, s) => o.StrictStart = s.Boolean(),
        [nameof(KerberosAuthenticationOptions.SessionPortability)] = static (o, s) => o.SessionPortability = s.Name<SessionPortability>(),
        [nameof(KerberosAuthenticationOptions.MaxSessions)] = static (o, s) => o.MaxSessions = s.Number(),
        [nameof(KerberosAuthenticationOptions.MaxSessionLifetime)] = static (o, s) => o.MaxSessionLifetime = s.Duration(),
        [nameof(KerberosAuthenticationOptions.ExpiredStreams)] = static (o, s) => o.ExpiredStreams = s.Name<ExpiredStreamPolicy>(),
        [nameof(KerberosAuthenticationOptions.Roles)] = static (o, s) => s.MapTo(o.Roles),
        [nameof(AuthenticationSchemeOptions.ClaimsIssuer)] = static (o, s) => o.ClaimsIssuer = s.Text(),
        [nameof(AuthenticationSchemeOptions.ForwardDefault)] = static (o, s) => o.ForwardDefault = s.Text(),
        [nameof(AuthenticationSchemeOptions.ForwardAuthenticate)] = static (o, s) => o.ForwardAuthenticate = s.Text(),
        [nameof(AuthenticationSchemeOptions.ForwardChallenge)] = static (o, s) => o.ForwardChallenge = s.Text(),
        [nameof(AuthenticationSchemeOptions.ForwardForbid)] = static (o, s) => o.ForwardForbid = s.Text(),
        [nameof(AuthenticationSchemeOptions.ForwardSignIn)] = static (o, s) => o.ForwardSignIn = s.Text(),
        [nameof(AuthenticationSchemeOptions.ForwardSignOut)] = static (o, s) => o.ForwardSignOut = s.Text(),
    };

    private static readonly string[] s_inCode =
        [nameof(KerberosAuthenticationOptions.LoadKeytab), nameof(KerberosAuthenticationOptions.EncryptionTypeProviders), nameof(KerberosAuthenticationOptions.Events), nameof(KerberosAuthenticationOptions.TimeProvider)];

    /// <summary>The section of a scheme, as messages name it.</summary>
    public static string Section(string scheme) => $"Authentication:Schemes:{scheme}";

    public void Configure(KerberosAuthenticationOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, KerberosAuthenticationOptions options)
    {
        if (string.IsNullOrEmpty(name)) return;
        var problems = new List<string>();
        foreach (var child in configuration.GetSchemeConfiguration(name).GetChildren())
        {
            if (!s_settings.TryGetValue(child.Key, out var set)) problems.Add(Unknown(child));
            else if (Problem(set, options, child) is { } problem) problems.Add(problem);
        }

        if (problems.Count > 0) throw new OptionsValidationException(name, typeof(KerberosAuthenticationOptions), problems);
    }

    private static string? Problem(Action<KerberosAuthenticationOptions, Setting> set, KerberosAuthenticationOptions options, IConfigurationSection child)
    {
        try
        {
            set(options, new Setting(child));
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    private static string Unknown(IConfigurationSection child) => s_inCode.FirstOrDefault(n => n.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is { } inCode
        ? $"{child.Path} is set in code alone. Next: AddKerberos(o => o.{inCode} …)."
        : Spelling.Nearest(child.Key, s_settings.Keys) is { } near
        ? $"{child.Path} is no setting. Next: did you mean {near}?"
        : $"{child.Path} is no setting. Next: take it out; there are {string.Join(", ", s_settings.Keys)}.";
}
