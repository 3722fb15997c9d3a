using System.Globalization;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Settings;

/// <summary>What can be judged without opening a file. All problems are told at once.</summary>
internal sealed class OptionsValidator : IValidateOptions<KerberosAuthenticationOptions>
{
    public ValidateOptionsResult Validate(string? name, KerberosAuthenticationOptions options)
    {
        var problems = Problems(options).Select(p => $"{SettingsBinder.Section(name ?? "")}:{p}").ToList();
        return problems.Count > 0 ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> Problems(KerberosAuthenticationOptions options)
    {
        if (options.Keytab is not null && options.LoadKeytab is not null) yield return "Keytab and LoadKeytab are both set. Next: keep one.";
        if (options.MaxClockSkew < TimeSpan.FromSeconds(1) || options.MaxClockSkew > TimeSpan.FromMinutes(10))
            yield return string.Create(CultureInfo.InvariantCulture, $"MaxClockSkew is {options.MaxClockSkew:c}. Next: 1 s to 10 min.");
        if (options.MaxTokenBytes is < 1024 or > 65535)
            yield return string.Create(CultureInfo.InvariantCulture, $"MaxTokenBytes is {options.MaxTokenBytes}. Next: 1024 to 65535.");
        if (options.MaxSessions < 1000) yield return string.Create(CultureInfo.InvariantCulture, $"MaxSessions is {options.MaxSessions}. Next: 1000 or more.");
        if (options.MaxSessionLifetime < TimeSpan.FromMinutes(1) || options.MaxSessionLifetime > TimeSpan.FromDays(7))
            yield return string.Create(CultureInfo.InvariantCulture, $"MaxSessionLifetime is {options.MaxSessionLifetime:c}. Next: 1 min to 7 days.");
        if (!Enum.IsDefined(options.SessionPortability)) yield return $"SessionPortability is {options.SessionPortability}. Next: one of {string.Join(", ", Enum.GetNames<SessionPortability>())}.";
        if (!Enum.IsDefined(options.ChannelBinding)) yield return $"ChannelBinding is {options.ChannelBinding}. Next: one of {string.Join(", ", Enum.GetNames<ChannelBindingPolicy>())}.";
        if (options.ChannelBinding == ChannelBindingPolicy.Ignore && options.ChannelBindingCertificates.Count > 0)
            yield return "ChannelBindingCertificates is set and ChannelBinding is Ignore. Next: take the certificates out, or set ChannelBinding to WhenSent.";
        if (!Enum.IsDefined(options.ExpiredStreams)) yield return $"ExpiredStreams is {options.ExpiredStreams}. Next: one of {string.Join(", ", Enum.GetNames<ExpiredStreamPolicy>())}.";
        foreach (var text in options.ServicePrincipals.Where(static t => !PrincipalText.TrySplit(t, out _, out _)))
            yield return $"ServicePrincipals has \"{text}\", which is no principal. Next: write it as service/host or service/host@REALM.";
        foreach (var text in options.EncryptionTypes)
        {
            if (!EncryptionTypeNames.TryParse(text, out var type)) yield return $"EncryptionTypes has \"{text}\", which is no encryption type. Next: use MIT's names, aes256-cts-hmac-sha1-96 for one.";
            else if (!EncryptionTypeProvider.Have(options.EncryptionTypeProviders, type))
                yield return $"EncryptionTypes has {type.ToMitName()}, which is not built in. Next: take it out, and give the accounts AES keys; the package GrpcKerberos.BouncyCastle has it, as a provider for EncryptionTypeProviders.";
        }

        if (EncryptionTypeNames.AreRc4Alone(options.EncryptionTypes) && EncryptionTypeProvider.Have(options.EncryptionTypeProviders, EncryptionType.Rc4Hmac))
            yield return "EncryptionTypes has arcfour-hmac alone, whose keys prove no call. Next: name an AES type beside it; no account needs an AES key for that.";

        if (options.Realms.Any(string.IsNullOrWhiteSpace)) yield return "Realms has an empty name. Next: take it out.";
        foreach (var (role, pattern) in options.Roles.SelectMany(static r => r.Value.Select(v => (r.Key, v))))
        {
            if (!CallerPattern.TryParse(pattern, out _))
                yield return $"Roles:{role} has \"{pattern}\", which is neither a SID nor a principal pattern. Next: write it as S-1-5-21-…, name@REALM or service/*@REALM.";
        }
    }
}
