using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Client;

/// <summary>The options once they were found right. Immutable: later changes of the options change nothing.</summary>
internal sealed record ClientSettings
{
    public string? Principal { get; init; }

    public string? Keytab { get; init; }

    public string? CredentialCache { get; init; }

    public string? ArmorCredentialCache { get; init; }

    public bool UseDefaultCredentials { get; init; }

    public string? Realm { get; init; }

    public IReadOnlyList<KdcAddress> Kdcs { get; init; } = [];

    public string? Krb5Config { get; init; }

    public string ServicePrincipal { get; init; } = "HTTP/{host}";

    public bool RequireMutualAuthentication { get; init; } = true;

    public bool RequireServerBoundSessions { get; init; }

    public bool EstablishFirst { get; init; }

    /// <summary>What goes around the tokens to servers that have not proved to be ours.</summary>
    public TokenFraming Framing { get; init; }

    public ChannelBindingSource? ChannelBinding { get; init; }

    public int MaxHeaderTokenBytes { get; init; } = 5632;

    public TimeSpan KdcTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public IReadOnlyList<EncryptionType> EncryptionTypes { get; init; } = [];

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where sessions are established; tests give one that they turn by hand.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;

    public Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>>? LoadKeytab { get; init; }

    /// <exception cref="KerberosException"><see cref="KerberosError.ConfigurationInvalid"/>, with all that is wrong.</exception>
    public static ClientSettings Read(KerberosClientOptions options)
    {
        var problems = ClientOptionsRules.Problems(options);
        if (problems.Count > 0) throw new KerberosException(KerberosError.ConfigurationInvalid, string.Join(Environment.NewLine, problems));
        // Before anything is read that may hold keys of theirs.
        EncryptionProfile.Register(options.EncryptionTypeProviders);
        return new ClientSettings
        {
            Principal = options.Principal,
            Keytab = options.Keytab,
            CredentialCache = options.CredentialCache,
            ArmorCredentialCache = options.ArmorCredentialCache,
            UseDefaultCredentials = options.UseDefaultCredentials,
            Realm = options.Realm,
            Kdcs = [.. options.Kdcs.Select(static k => KdcAddress.TryParse(k, out var kdc) ? kdc : throw new InvalidOperationException(k))],
            Krb5Config = options.Krb5Config,
            ServicePrincipal = options.ServicePrincipal,
            RequireMutualAuthentication = options.RequireMutualAuthentication,
            RequireServerBoundSessions = options.RequireServerBoundSessions,
            EstablishFirst = options.EstablishFirst,
            ChannelBinding = options.ChannelBinding,
            Framing = FramingOf(options.TokenFormat),
            MaxHeaderTokenBytes = options.MaxHeaderTokenBytes,
            KdcTimeout = options.KdcTimeout,
            EncryptionTypes = [.. options.EncryptionTypes.Select(static n => EncryptionTypeNames.TryParse(n, out var type) ? type : throw new InvalidOperationException(n))],
            TimeProvider = options.TimeProvider ?? TimeProvider.System,
            LoadKeytab = options.LoadKeytab,
        };
    }

    private static TokenFraming FramingOf(KerberosTokenFormat format) => format switch
    {
        KerberosTokenFormat.Gss => TokenFraming.Gss,
        KerberosTokenFormat.Spnego => TokenFraming.Spnego,
        _ => TokenFraming.ApReq,
    };
}
