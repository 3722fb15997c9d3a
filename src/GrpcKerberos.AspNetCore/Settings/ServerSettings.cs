using GrpcKerberos.Settings;
using Microsoft.AspNetCore.Authentication;
using Options = GrpcKerberos.AspNetCore.KerberosAuthenticationOptions;
using Rule = GrpcKerberos.Settings.SettingRule<GrpcKerberos.AspNetCore.KerberosAuthenticationOptions>;

namespace GrpcKerberos.AspNetCore.Settings;

/// <summary>The keys of <c>Authentication:Schemes:{scheme}</c>.</summary>
/// <remarks>
/// Live are those that a call, or a token, is judged by and nothing is built from. What is sized or kept by a setting, the windows against replay and the sessions above all,
/// stays as it began.
/// </remarks>
internal static class ServerSettings
{
    public static SettingsTable<Options> Table { get; } = new(
        "AddKerberos",
        [nameof(Options.LoadKeytab), nameof(Options.EncryptionTypeProviders), nameof(Options.Events), nameof(Options.TimeProvider)],
        [
            (nameof(Options.Keytab), new Rule(static (o, s) => o.Keytab = s.Text(), static o => o.Keytab)),
            (nameof(Options.Krb5Config), new Rule(static (o, s) => o.Krb5Config = s.Text(), static o => o.Krb5Config)),
            (nameof(Options.ServicePrincipals), new Rule(static (o, s) => s.ListTo(o.ServicePrincipals), static o => Setting.Joined(o.ServicePrincipals))),
            (nameof(Options.EncryptionTypes), new Rule(static (o, s) => s.ListTo(o.EncryptionTypes), static o => Setting.Joined(o.EncryptionTypes))),
            (nameof(Options.MaxClockSkew), new Rule(static (o, s) => o.MaxClockSkew = s.Duration(), static o => o.MaxClockSkew)),
            (nameof(Options.MaxTokenBytes), new Rule(static (o, s) => o.MaxTokenBytes = s.Number(), static o => o.MaxTokenBytes, IsLive: true)),
            (nameof(Options.RequireAuthenticatedUser), new Rule(static (o, s) => o.RequireAuthenticatedUser = s.Boolean(), static o => o.RequireAuthenticatedUser, IsLive: true)),
            (nameof(Options.RequirePac), new Rule(static (o, s) => o.RequirePac = s.Boolean(), static o => o.RequirePac, IsLive: true)),
            (nameof(Options.CheckClientAddress), new Rule(static (o, s) => o.CheckClientAddress = s.Boolean(), static o => o.CheckClientAddress, IsLive: true)),
            (nameof(Options.Realms), new Rule(static (o, s) => s.ListTo(o.Realms), static o => Setting.Joined(o.Realms), IsLive: true)),
            (nameof(Options.AcceptNegotiate), new Rule(static (o, s) => o.AcceptNegotiate = s.Boolean(), static o => o.AcceptNegotiate, IsLive: true)),
            (nameof(Options.ChannelBinding), new Rule(static (o, s) => o.ChannelBinding = s.Name<ChannelBindingPolicy>(), static o => o.ChannelBinding)),
            (nameof(Options.ChannelBindingCertificates), new Rule(static (o, s) => s.ListTo(o.ChannelBindingCertificates), static o => Setting.Joined(o.ChannelBindingCertificates))),
            (nameof(Options.UnsafeCallsOnTokenAlone), new Rule(static (o, s) => o.UnsafeCallsOnTokenAlone = s.Boolean(), static o => o.UnsafeCallsOnTokenAlone)),
            (nameof(Options.StrictStart), new Rule(static (o, s) => o.StrictStart = s.Boolean(), static o => o.StrictStart)),
            (nameof(Options.SessionPortability), new Rule(static (o, s) => o.SessionPortability = s.Name<SessionPortability>(), static o => o.SessionPortability)),
            (nameof(Options.MaxSessions), new Rule(static (o, s) => o.MaxSessions = s.Number(), static o => o.MaxSessions)),
            (nameof(Options.MaxSessionLifetime), new Rule(static (o, s) => o.MaxSessionLifetime = s.Duration(), static o => o.MaxSessionLifetime)),
            (nameof(Options.ExpiredStreams), new Rule(static (o, s) => o.ExpiredStreams = s.Name<ExpiredStreamPolicy>(), static o => o.ExpiredStreams, IsLive: true)),
            (nameof(Options.Roles), new Rule(static (o, s) => s.MapTo(o.Roles), RolesText, IsLive: true)),
            (nameof(Options.ClaimsIssuer), new Rule(static (o, s) => o.ClaimsIssuer = s.Text(), static o => o.ClaimsIssuer)),
            (nameof(Options.ForwardDefault), new Rule(static (o, s) => o.ForwardDefault = s.Text(), static o => o.ForwardDefault)),
            (nameof(Options.ForwardAuthenticate), new Rule(static (o, s) => o.ForwardAuthenticate = s.Text(), static o => o.ForwardAuthenticate)),
            (nameof(Options.ForwardChallenge), new Rule(static (o, s) => o.ForwardChallenge = s.Text(), static o => o.ForwardChallenge)),
            (nameof(Options.ForwardForbid), new Rule(static (o, s) => o.ForwardForbid = s.Text(), static o => o.ForwardForbid)),
            (nameof(Options.ForwardSignIn), new Rule(static (o, s) => o.ForwardSignIn = s.Text(), static o => o.ForwardSignIn)),
            (nameof(Options.ForwardSignOut), new Rule(static (o, s) => o.ForwardSignOut = s.Text(), static o => o.ForwardSignOut)),
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
