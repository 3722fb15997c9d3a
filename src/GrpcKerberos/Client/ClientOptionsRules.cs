using System.Globalization;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.Client;

/// <summary>What options must be like: each finding names the option, what it holds, and the mend.</summary>
internal sealed class ClientOptionsRules(IEnumerable<ClientSection> sections) : IValidateOptions<KerberosClientOptions>
{
    private const string Options = nameof(KerberosClientOptions);

    public ValidateOptionsResult Validate(string? name, KerberosClientOptions options)
    {
        var problems = Problems(options, sections.LastOrDefault(s => s.Identity == name)?.Configuration, name);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    /// <param name="options">The options.</param>
    /// <param name="section">Where configuration sets some of them: these are called by their path.</param>
    /// <param name="identity">Whose they are, where there are several.</param>
    public static IReadOnlyList<string> Problems(KerberosClientOptions options, IConfiguration? section = null, string? identity = null)
    {
        var owner = string.IsNullOrEmpty(identity) ? "" : $" of client {identity}";
        return [.. Problems(options).Select(p => SettingProblem.NameOf(section, p.Key, $"{Options}.{p.Key}{owner}") + p.Text)];
    }

    private static IEnumerable<SettingProblem> Problems(KerberosClientOptions options) =>
        [.. Names(options), .. Sources(options), .. SystemLogin(options), .. TokenFormatOf(options), .. KdcsOf(options), .. Measures(options), .. EncryptionTypesOf(options)];

    private static IEnumerable<SettingProblem> Names(KerberosClientOptions options)
    {
        const string Any = "REALM";
        if (options.Principal is { } principal && !KerberosPrincipal.TryParse(principal, Any, out _))
            yield return new(nameof(options.Principal), $" \"{principal}\" is no principal. Next: write it as name@REALM or service/host@REALM.");
        var service = options.ServicePrincipal?.Replace(ServiceNames.HostMark, "host", StringComparison.Ordinal);
        if (!KerberosPrincipal.TryParse(service, Any, out _))
            yield return new(nameof(options.ServicePrincipal), $" \"{options.ServicePrincipal}\" is no principal. "
                + $"Next: write it as HTTP/{{host}} or HTTP/orders.corp.example@REALM.");
        else if (service!.Contains('{', StringComparison.Ordinal))
            yield return new(nameof(options.ServicePrincipal), $" \"{options.ServicePrincipal}\" has a mark in braces that is not {{host}}. "
                + $"Next: write it as HTTP/{{host}}, in lower case.");
        if (options.Realm is { } realm && !RealmText.IsRealm(realm))
            yield return new(nameof(options.Realm), $" \"{realm}\" is no realm. Next: write it as CORP.EXAMPLE, or leave it out for krb5.conf's.");
    }

    private static IEnumerable<SettingProblem> Sources(KerberosClientOptions options)
    {
        string[] named =
        [
            .. options.Keytab is not null ? [nameof(options.Keytab)] : Array.Empty<string>(),
            .. options.LoadKeytab is not null ? [nameof(options.LoadKeytab)] : Array.Empty<string>(),
            .. options.CredentialCache is not null ? [nameof(options.CredentialCache)] : Array.Empty<string>(),
            .. options.UseDefaultCredentials ? [nameof(options.UseDefaultCredentials)] : Array.Empty<string>(),
        ];
        if (named.Length > 1) yield return new(named[0], $" and {string.Join(" and ", named[1..])} are set together. Next: keep one of them.");
        if (options.Keytab is "") yield return new(nameof(options.Keytab), " is empty. Next: name a file, or leave it out.");
        if (options.CredentialCache is "")
            yield return new(nameof(options.CredentialCache), " is empty. Next: name a cache, FILE:/tmp/krb5cc_1000 for one, or leave it out.");
        if (options.Krb5Config is "") yield return new(nameof(options.Krb5Config), " is empty. Next: name a file, or leave it out.");
        if (options.ArmorCredentialCache is "")
            yield return new(nameof(options.ArmorCredentialCache), " is empty. Next: name a cache, FILE:/run/armor.cc for one, or leave it out.");
        if (options is { ArmorCredentialCache: not null, CredentialCache: not null })
            yield return new(nameof(options.ArmorCredentialCache), " is set with CredentialCache, where nobody logs in. Next: take one or the other out.");
    }

    /// <summary>What the operating system finds by itself must not look as if it were set here.</summary>
    private static IEnumerable<SettingProblem> SystemLogin(KerberosClientOptions options)
    {
        if (!options.UseDefaultCredentials) yield break;
        (string Name, bool IsSet)[] excluded =
        [
            (nameof(options.Principal), options.Principal is not null),
            (nameof(options.ArmorCredentialCache), options.ArmorCredentialCache is not null),
            (nameof(options.Realm), options.Realm is not null),
            (nameof(options.Kdcs), options.Kdcs.Count > 0),
            (nameof(options.Krb5Config), options.Krb5Config is not null),
            (nameof(options.EncryptionTypes), options.EncryptionTypes.Count > 0),
            (nameof(options.RequireServerBoundSessions), options.RequireServerBoundSessions),
            (nameof(options.TokenFormat), options.TokenFormat != KerberosTokenFormat.ApReq),
            (nameof(options.ChannelBinding), options.ChannelBinding is not null),
        ];
        string[] ignored = [.. excluded.Where(static e => e.IsSet).Select(static e => e.Name)];
        if (ignored.Length > 0)
            yield return new(ignored[0], $"{string.Concat(ignored[1..].Select(static i => " and " + i))} cannot be set with UseDefaultCredentials, "
                + "where the operating system makes the tokens. Next: take one or the other out.");
        if (!options.RequireMutualAuthentication)
            yield return new(nameof(options.RequireMutualAuthentication), " is false with UseDefaultCredentials, which has no sessions without it. "
                + "Next: leave it true.");
        if (KerberosPrincipal.TryParse(options.ServicePrincipal?.Replace(ServiceNames.HostMark, "host", StringComparison.Ordinal), out _))
            yield return new(nameof(options.ServicePrincipal), $" \"{options.ServicePrincipal}\" names a realm, and with UseDefaultCredentials the operating system "
                + "finds it. Next: leave out what follows the @.");
    }

    private static IEnumerable<SettingProblem> TokenFormatOf(KerberosClientOptions options)
    {
        if (!Enum.IsDefined(options.TokenFormat)) yield return new(nameof(options.TokenFormat), $" is {options.TokenFormat}. Next: ApReq, Gss or Spnego.");
        else if (options is { RequireServerBoundSessions: true, TokenFormat: not KerberosTokenFormat.ApReq })
            yield return new(nameof(options.RequireServerBoundSessions), $" is set with TokenFormat {options.TokenFormat}, which cannot carry that demand. "
                + "Next: take one or the other out.");
    }

    private static IEnumerable<SettingProblem> KdcsOf(KerberosClientOptions options)
    {
        if (options.Kdcs.Count > 0 && options.Realm is null)
            yield return new(nameof(options.Kdcs), " is set without Realm. Next: set Realm to the realm they serve.");
        foreach (var kdc in options.Kdcs)
        {
            if (!KdcAddress.TryParse(kdc, out _))
                yield return new(nameof(options.Kdcs), $": \"{kdc}\" is no host. Next: write it as host, host:port or [IPv6]:port.");
        }
    }

    private static IEnumerable<SettingProblem> Measures(KerberosClientOptions options)
    {
        if (options.MaxHeaderTokenBytes is < 1024 or > 24000)
            yield return new(
                nameof(options.MaxHeaderTokenBytes),
                string.Create(CultureInfo.InvariantCulture, $" is {options.MaxHeaderTokenBytes}. Next: 1024 to 24000."));
        if (options.KdcTimeout < TimeSpan.FromSeconds(1) || options.KdcTimeout > TimeSpan.FromMinutes(2))
            yield return new(
                nameof(options.KdcTimeout),
                string.Create(CultureInfo.InvariantCulture, $" is {options.KdcTimeout}. Next: 1 s to 2 min (00:00:01 to 00:02:00)."));
    }

    private static IEnumerable<SettingProblem> EncryptionTypesOf(KerberosClientOptions options)
    {
        foreach (var name in options.EncryptionTypes)
        {
            if (name is null || !EncryptionTypeNames.TryParse(name, out var type))
                yield return new(nameof(options.EncryptionTypes), $": \"{name}\" is no encryption type. "
                    + "Next: use MIT's names, aes256-cts-hmac-sha1-96 for one.");
            else if (!EncryptionTypeProvider.Have(options.EncryptionTypeProviders, type))
                yield return new(nameof(options.EncryptionTypes), $": .NET has no primitives for {type.ToMitName()}. "
                    + "Next: use AES; the package GrpcKerberos.BouncyCastle has the others, as providers for EncryptionTypeProviders.");
        }

        if (EncryptionTypeNames.AreRc4Alone(options.EncryptionTypes) && EncryptionTypeProvider.Have(options.EncryptionTypeProviders, EncryptionType.Rc4Hmac))
            yield return new(nameof(options.EncryptionTypes), " names arcfour-hmac alone, whose keys prove no call. "
                + "Next: name an AES type beside it; no account needs an AES key for that.");
    }
}
