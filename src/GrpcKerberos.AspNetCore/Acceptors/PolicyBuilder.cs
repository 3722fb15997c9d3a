using GrpcKerberos.AspNetCore.Settings;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Options and krb5.conf, put together into what the acceptor asks.</summary>
internal static class PolicyBuilder
{
    /// <summary>Those named; else the built-in ones, as far as permitted_enctypes has them. Empty where it has none of them.</summary>
    public static IReadOnlyList<EncryptionType> EncryptionTypes(KerberosAuthenticationOptions options, Krb5Config config)
    {
        if (options.EncryptionTypes.Count > 0)
            return [.. options.EncryptionTypes.Select(static t => EncryptionTypeNames.TryParse(t, out var type) ? type : default)];
        return config.PermittedEncryptionTypes is { } permitted
            ? [.. EncryptionTypeList.Default.Where(permitted.Contains)]
            : EncryptionTypeList.Default;
    }

    public static AcceptorPolicy Build(
        KerberosAuthenticationOptions options, LiveSettings live, Krb5Config config, IReadOnlyList<EncryptionType> encryptionTypes, Keytab keys) => new()
    {
        ServicePrincipals = KeytabCheck.Names(options, keys),
        Realms = live.Realms,
        Capaths = config.Capaths,
        EncryptionTypes = encryptionTypes,
        MaxClockSkew = options.MaxClockSkew,
        MaxTokenBytes = live.MaxTokenBytes,
        RequirePac = live.RequirePac,
        CheckClientAddress = live.CheckClientAddress,
        ChannelBinding = options.ChannelBinding switch
        {
            ChannelBindingPolicy.Ignore => ChannelBindingRequirement.Ignore,
            ChannelBindingPolicy.Require => ChannelBindingRequirement.Require,
            _ => ChannelBindingRequirement.WhenSent,
        },
        UnsafeCallsOnTokenAlone = options.UnsafeCallsOnTokenAlone,
        StrictStart = options.StrictStart,
        MaxSessionLifetime = options.MaxSessionLifetime,
    };
}
