using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>What may be chosen about accepting. No check can be switched off here: each property only sets a measure.</summary>
internal sealed class AcceptorPolicy
{
    public static readonly TimeSpan DefaultClockSkew = TimeSpan.FromMinutes(5);

    private static readonly EncryptionType[] s_strong =
    [
        EncryptionType.Aes256CtsHmacSha384, EncryptionType.Aes128CtsHmacSha256, EncryptionType.Aes256CtsHmacSha1, EncryptionType.Aes128CtsHmacSha1,
    ];

    private readonly TimeSpan _maxClockSkew = DefaultClockSkew;
    private readonly TimeSpan _maxSessionLifetime = SessionCache.DefaultMaxLifetime;
    private readonly int _maxTokenBytes = 65535;
    private readonly IReadOnlyCollection<EncryptionType> _encryptionTypes = s_strong;

    /// <summary>The names this service goes by; empty: every principal of the keytab.</summary>
    public IReadOnlyCollection<KerberosPrincipal> ServicePrincipals { get; init; } = [];

    /// <summary>Realms whose clients may come; empty: the realms of the keytab.</summary>
    public IReadOnlyCollection<string> Realms { get; init; } = [];

    /// <summary>[capaths] of the service's krb5.conf: through which realms a ticket may have come that no KDC vouches for.</summary>
    public Capaths Capaths { get; init; } = Capaths.Empty;

    public IReadOnlyCollection<EncryptionType> EncryptionTypes
    {
        get => _encryptionTypes;
        init => _encryptionTypes = value.Count > 0 ? value : throw new ArgumentException("At least one encryption type must be permitted.", nameof(value));
    }

    /// <summary>What a subkey is of that we assert where the client proposed none: as the session key, if its type makes sessions. Null: no type permitted does.</summary>
    public EncryptionType? AssertedType(EncryptionType sessionKey)
    {
        if (EncryptionProfile.MakesSessions(sessionKey)) return sessionKey;
        foreach (var type in EncryptionTypes)
        {
            if (EncryptionProfile.MakesSessions(type)) return type;
        }

        return null;
    }

    /// <summary>1 second to 10 minutes.</summary>
    public TimeSpan MaxClockSkew
    {
        get => _maxClockSkew;
        init => _maxClockSkew = value >= TimeSpan.FromSeconds(1) && value <= TimeSpan.FromMinutes(10)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "MaxClockSkew is 1 s to 10 min.");
    }

    /// <summary>1,024 to 65,535 octets.</summary>
    public int MaxTokenBytes
    {
        get => _maxTokenBytes;
        init => _maxTokenBytes = value is >= 1024 and <= 65535 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "MaxTokenBytes is 1024 to 65535.");
    }

    /// <summary>Whether a ticket that lists addresses must come from one of them.</summary>
    public bool CheckClientAddress { get; init; }

    public ChannelBindingRequirement ChannelBinding { get; init; } = ChannelBindingRequirement.WhenSent;

    public bool AllowAnonymous { get; init; }

    /// <summary>Take only tickets with a verified PAC that says who the account is (LOGON_INFO); MIT krb5's has signatures alone.</summary>
    public bool RequirePac { get; init; }

    /// <summary>Keys of the realm's krbtgt, where the service was given them: then the KDC's own signatures in a PAC are verified too. Empty: only the service's.</summary>
    public IReadOnlyCollection<LongTermKey> TicketGrantingKeys { get; init; } = [];

    /// <summary>Whether a key of another principal may open a ticket whose plaintext name is not in the keytab.</summary>
    public bool TryOtherPrincipals { get; init; } = true;

    /// <summary>How long a session lasts at most; then its ticket is looked at anew.</summary>
    public TimeSpan MaxSessionLifetime
    {
        get => _maxSessionLifetime;
        init => _maxSessionLifetime = value >= TimeSpan.FromMinutes(1) && value <= TimeSpan.FromDays(7)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "MaxSessionLifetime is 1 min to 7 days.");
    }

    /// <summary>Run calls that carry a token and no MIC. Whoever reads such a token can run any method with it.</summary>
    public bool UnsafeCallsOnTokenAlone { get; init; }

    /// <summary>
    /// Whether a call runs that came with its token alone: where the operator says so, or where its channel binding was found to be this very
    /// connection's. One that ends at a proxy is read between there and here, and what was read can be shown to the next replica behind the same proxy.
    /// </summary>
    public bool RunsOnTokenAlone(ChannelBinding? binding) => UnsafeCallsOnTokenAlone || binding is { EndsAtProxy: false };

    /// <summary>Take only authenticators later than the process's start + skew, for realms whose clients' clocks run ahead.</summary>
    public bool StrictStart { get; init; }
}
