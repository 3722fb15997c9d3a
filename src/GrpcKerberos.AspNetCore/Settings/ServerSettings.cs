using GrpcKerberos.Settings;
using Microsoft.AspNetCore.Authentication;
using Options = GrpcKerberos.AspNetCore.KerberosAuthenticationOptions;

namespace GrpcKerberos.AspNetCore.Settings;

/// <summary>The keys of <c>Authentication:Schemes:{scheme}</c>.</summary>
/// <remarks>
/// Live are those that a call, or a token, is judged by and nothing is built from. What is sized or kept by a setting, the windows against replay and the
/// sessions above all,
/// stays as it began.
/// </remarks>
internal static class ServerSettings
{
    public static SettingsTable<Options> Table { get; } = new(
        "AddKerberos",
        [nameof(Options.LoadKeytab), nameof(Options.EncryptionTypeProviders), nameof(Options.Events), nameof(Options.TimeProvider)],
        [
            new(nameof(Options.Keytab), static (o, s) => o.Keytab = s.Text(), static o => o.Keytab),
            new(nameof(Options.Krb5Config), static (o, s) => o.Krb5Config = s.Text(), static o => o.Krb5Config),
            new(nameof(Options.ServicePrincipals), static (o, s) => s.ListTo(o.ServicePrincipals), static o => Setting.Joined(o.ServicePrincipals)),
            new(nameof(Options.EncryptionTypes), static (o, s) => s.ListTo(o.EncryptionTypes), static o => Setting.Joined(o.EncryptionTypes)),
            new(nameof(Options.MaxClockSkew), static (o, s) => o.MaxClockSkew = s.Duration(), static o => o.MaxClockSkew),
            new(nameof(Options.MaxTokenBytes), static (o, s) => o.MaxTokenBytes = s.Number(), static o => o.MaxTokenBytes, IsLive: true),
            new(
                nameof(Options.RequireAuthenticatedUser),
                static (o, s) => o.RequireAuthenticatedUser = s.Boolean(),
                static o => o.RequireAuthenticatedUser,
                IsLive: true),
            new(nameof(Options.RequirePac), static (o, s) => o.RequirePac = s.Boolean(), static o => o.RequirePac, IsLive: true),
            new(nameof(Options.CheckClientAddress), static (o, s) => o.CheckClientAddress = s.Boolean(), static o => o.CheckClientAddress, IsLive: true),
            new(nameof(Options.Realms), static (o, s) => s.ListTo(o.Realms), static o => Setting.Joined(o.Realms), IsLive: true),
            new(nameof(Options.AcceptNegotiate), static (o, s) => o.AcceptNegotiate = s.Boolean(), static o => o.AcceptNegotiate, IsLive: true),
            new(nameof(Options.ChannelBinding), static (o, s) => o.ChannelBinding = s.Name<ChannelBindingPolicy>(), static o => o.ChannelBinding),
            new(
                nameof(Options.ChannelBindingCertificates),
                static (o, s) => s.ListTo(o.ChannelBindingCertificates),
                static o => Setting.Joined(o.ChannelBindingCertificates)),
            new(nameof(Options.UnsafeCallsOnTokenAlone), static (o, s) => o.UnsafeCallsOnTokenAlone = s.Boolean(), static o => o.UnsafeCallsOnTokenAlone),
            new(nameof(Options.StrictStart), static (o, s) => o.StrictStart = s.Boolean(), static o => o.StrictStart),
            new(nameof(Options.SessionPortability), static (o, s) => o.SessionPortability = s.Name<SessionPortability>(), static o => o.SessionPortability),
            new(nameof(Options.MaxSessions), static (o, s) => o.MaxSessions = s.Number(), static o => o.MaxSessions),
            new(nameof(Options.MaxSessionLifetime), static (o, s) => o.MaxSessionLifetime = s.Duration(), static o => o.MaxSessionLifetime),
            new(nameof(Options.ExpiredStreams), static (o, s) => o.ExpiredStreams = s.Name<ExpiredStreamPolicy>(), static o => o.ExpiredStreams, IsLive: true),
            new(nameof(Options.Roles), static (o, s) => s.MapTo(o.Roles), RolesText, IsLive: true),
            new(nameof(Options.ClaimsIssuer), static (o, s) => o.ClaimsIssuer = s.Text(), static o => o.ClaimsIssuer),
            new(nameof(Options.ForwardDefault), static (o, s) => o.ForwardDefault = s.Text(), static o => o.ForwardDefault),
            new(nameof(Options.ForwardAuthenticate), static (o, s) => o.ForwardAuthenticate = s.Text(), static o => o.ForwardAuthenticate),
            new(nameof(Options.ForwardChallenge), static (o, s) => o.ForwardChallenge = s.Text(), static o => o.ForwardChallenge),
            new(nameof(Options.ForwardForbid), static (o, s) => o.ForwardForbid = s.Text(), static o => o.ForwardForbid),
            new(nameof(Options.ForwardSignIn), static (o, s) => o.ForwardSignIn = s.Text(), static o => o.ForwardSignIn),
            new(nameof(Options.ForwardSignOut), static (o, s) => o.ForwardSignOut = s.Text(), static o => o.ForwardSignOut),
        ]);

    /// <summary>The section of a scheme, as messages name it.</summary>
    public static string Section(string scheme) => $"Authentication:Schemes:{scheme}";

    /// <summary>What an option is called that code may have set, where the section does not.</summary>
    public static string Name(IAuthenticationConfigurationProvider configuration, string scheme, string key, bool isSetInCode = true) => SettingProblem.NameOf(
        configuration.GetSchemeConfiguration(scheme),
        key,
        !isSetInCode ? $"{Section(scheme)}:{key}"
        : scheme == KerberosDefaults.AuthenticationScheme ? $"{nameof(KerberosAuthenticationOptions)}.{key}"
        : $"{nameof(KerberosAuthenticationOptions)}.{key} of scheme {scheme}");

    private static string RolesText(Options options) =>
        string.Join('\n', options.Roles.OrderBy(static r => r.Key, StringComparer.Ordinal).Select(static r => $"{r.Key}\t{string.Join('\t', r.Value)}"));
}
