using System.Globalization;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Settings;

/// <summary>What can be judged without opening a file. All problems are told at once.</summary>
internal sealed class OptionsValidator(IAuthenticationConfigurationProvider configuration, IServiceProviderIsService? services = null)
    : IValidateOptions<KerberosAuthenticationOptions>
{
    public ValidateOptionsResult Validate(string? name, KerberosAuthenticationOptions options)
    {
        var problems = Problems(options).Concat(EventsOf(options)).Select(p => ServerSettings.Name(configuration, name ?? "", p.Key) + p.Text).ToList();
        return problems.Count > 0 ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<SettingProblem> Problems(KerberosAuthenticationOptions options) =>
        [.. Sources(options), .. Measures(options), .. Choices(options), .. Names(options), .. EncryptionTypes(options)];

    private static IEnumerable<SettingProblem> Sources(KerberosAuthenticationOptions options)
    {
        if (options.Keytab is not null && options.LoadKeytab is not null)
            yield return new(nameof(options.Keytab), " and LoadKeytab are both set. Next: keep one.");
        if (options.Keytab is "") yield return new(nameof(options.Keytab), " is empty. Next: name a file, or leave it out.");
        if (options.Krb5Config is "") yield return new(nameof(options.Krb5Config), " is empty. Next: name a file, or leave it out.");
    }

    /// <summary>Else every call would find it out.</summary>
    private IEnumerable<SettingProblem> EventsOf(KerberosAuthenticationOptions options)
    {
        if (options.EventsType is not { } type) yield break;
        if (!typeof(KerberosEvents).IsAssignableFrom(type))
            yield return new(nameof(options.EventsType), $" is {type.Name}, which is no {nameof(KerberosEvents)}. "
                + $"Next: derive it from {nameof(KerberosEvents)}.");
        else if (services?.IsService(type) == false)
            yield return new(nameof(options.EventsType), $" is {type.Name}, which is no service. Next: services.AddSingleton<{type.Name}>(), or AddScoped.");
    }

    private static IEnumerable<SettingProblem> Measures(KerberosAuthenticationOptions options)
    {
        if (options.MaxClockSkew < TimeSpan.FromSeconds(1) || options.MaxClockSkew > TimeSpan.FromMinutes(10))
            yield return new(nameof(options.MaxClockSkew), string.Create(CultureInfo.InvariantCulture, $" is {options.MaxClockSkew:c}. Next: 1 s to 10 min (00:00:01 to 00:10:00)."));
        if (options.MaxTokenBytes is < 1024 or > 65535)
            yield return new(nameof(options.MaxTokenBytes), string.Create(CultureInfo.InvariantCulture, $" is {options.MaxTokenBytes}. Next: 1024 to 65535."));
        if (options.MaxSessions < 1000)
            yield return new(nameof(options.MaxSessions), string.Create(CultureInfo.InvariantCulture, $" is {options.MaxSessions}. Next: 1000 or more."));
        if (options.MaxSessionLifetime < TimeSpan.FromMinutes(1) || options.MaxSessionLifetime > TimeSpan.FromDays(7))
            yield return new(
                nameof(options.MaxSessionLifetime),
                string.Create(CultureInfo.InvariantCulture, $" is {options.MaxSessionLifetime:c}. Next: 1 min to 7 days (00:01:00 to 7.00:00:00)."));
    }

    private static IEnumerable<SettingProblem> Choices(KerberosAuthenticationOptions options)
    {
        if (Undefined(options.SessionPortability) is { } portability) yield return new(nameof(options.SessionPortability), portability);
        if (Undefined(options.ChannelBinding) is { } binding) yield return new(nameof(options.ChannelBinding), binding);
        if (Undefined(options.ExpiredStreams) is { } streams) yield return new(nameof(options.ExpiredStreams), streams);
        if (options.ChannelBinding == ChannelBindingPolicy.Ignore && options.ChannelBindingCertificates.Count > 0)
            yield return new(nameof(options.ChannelBindingCertificates), " is set and ChannelBinding is Ignore. "
                + "Next: take the certificates out, or set ChannelBinding to WhenSent.");
    }

    private static string? Undefined<T>(T value)
        where T : struct, Enum => Enum.IsDefined(value) ? null : $" is {value}. Next: one of {string.Join(", ", Enum.GetNames<T>())}.";

    private static IEnumerable<SettingProblem> Names(KerberosAuthenticationOptions options)
    {
        foreach (var text in options.ServicePrincipals.Where(static t => !PrincipalText.TrySplit(t, out _, out _)))
            yield return new(nameof(options.ServicePrincipals), $" has \"{text}\", which is no principal. "
                + "Next: write it as service/host or service/host@REALM.");
        if (options.Realms.Any(string.IsNullOrWhiteSpace)) yield return new(nameof(options.Realms), " has an empty name. Next: take it out.");
        foreach (var realm in options.Realms.Where(static r => !string.IsNullOrWhiteSpace(r) && !RealmText.IsRealm(r)))
            yield return new(nameof(options.Realms), $" has \"{realm}\", which is no realm. Next: write it as CORP.EXAMPLE.");
        foreach (var (role, pattern) in options.Roles.SelectMany(static r => r.Value.Select(v => (r.Key, v))))
        {
            if (!CallerPattern.TryParse(pattern, out _))
                yield return new(nameof(options.Roles), $":{role} has \"{pattern}\", which is neither a SID nor a principal pattern. "
                    + "Next: write it as S-1-5-21-…, name@REALM or service/*@REALM.");
        }
    }

    private static IEnumerable<SettingProblem> EncryptionTypes(KerberosAuthenticationOptions options)
    {
        foreach (var text in options.EncryptionTypes)
        {
            if (!EncryptionTypeNames.TryParse(text, out var type))
                yield return new(nameof(options.EncryptionTypes), $" has \"{text}\", which is no encryption type. "
                    + "Next: use MIT's names, aes256-cts-hmac-sha1-96 for one.");
            else if (!EncryptionTypeProvider.Have(options.EncryptionTypeProviders, type))
            {
                yield return new(
                    nameof(options.EncryptionTypes),
                    $" has {type.ToMitName()}, which is not built in. "
                    + "Next: take it out, and give the accounts AES keys; "
                    + "the package GrpcKerberos.BouncyCastle has it, as a provider for EncryptionTypeProviders.");
            }
        }

        if (EncryptionTypeNames.AreRc4Alone(options.EncryptionTypes) && EncryptionTypeProvider.Have(options.EncryptionTypeProviders, EncryptionType.Rc4Hmac))
            yield return new(nameof(options.EncryptionTypes), " has arcfour-hmac alone, whose keys prove no call. "
                + "Next: name an AES type beside it; no account needs an AES key for that.");
    }
}
