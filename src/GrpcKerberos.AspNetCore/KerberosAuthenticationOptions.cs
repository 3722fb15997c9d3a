using GrpcKerberos.Protocol;
using Microsoft.AspNetCore.Authentication;

namespace GrpcKerberos.AspNetCore;

/// <summary>How a server takes Kerberos calls; bound from <c>Authentication:Schemes:{scheme}</c>, where an unknown key stops the start.</summary>
/// <remarks>
/// Where the configuration changes while the server runs, Roles, Realms, RequirePac, CheckClientAddress, RequireAuthenticatedUser, AcceptNegotiate,
/// MaxTokenBytes and ExpiredStreams count from the next call on, and sessions that they would not let in end; everything else counts at the next start.
/// The log tells (106, 107, 108).
/// </remarks>
public sealed class KerberosAuthenticationOptions : AuthenticationSchemeOptions
{
    /// <summary>Everything at its default: keys from KRB5_KTNAME, default_keytab_name or <c>/etc/krb5.keytab</c>.</summary>
    public KerberosAuthenticationOptions() => Events = new KerberosEvents();

    /// <summary>The keytab's path. Null: KRB5_KTNAME, then default_keytab_name of krb5.conf, then <c>/etc/krb5.keytab</c>.</summary>
    /// <remarks>
    /// Read again within 5 seconds of a change, and when a ticket comes that no key opens, at most every 5 seconds. New keys count at once,
    /// the loss of keys when the file has rested until the next look, another 5 seconds. A file that does not do leaves the old keys in use.
    /// </remarks>
    public string? Keytab { get; set; }

    /// <summary>The keytab's octets, from a vault for one, in place of a file.</summary>
    /// <remarks>
    /// Called at start, and again when a ticket comes that no key opens, at most every 5 seconds and with 5 seconds to answer:
    /// a key taken out of the vault serves until then. What it throws at start stops the host; later the old keys stay in use.
    /// </remarks>
    public Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>>? LoadKeytab { get; set; }

    /// <summary>The path of krb5.conf. Null: KRB5_CONFIG, then the system's.</summary>
    public string? Krb5Config { get; set; }

    /// <summary>The names this service goes by, with or without realm; each needs a key. Empty: all of the keytab.</summary>
    public IList<string> ServicePrincipals { get; } = [];

    /// <summary>Encryption types that may be used, by MIT's names. Empty: the four AES types, as far as krb5.conf permits them.</summary>
    public IList<string> EncryptionTypes { get; } = [];

    /// <summary>
    /// Encryption types that are not built in, for <see cref="EncryptionTypes"/> to name: a provider alone changes nothing. Code only, no configuration.
    /// </summary>
    public IList<EncryptionTypeProvider> EncryptionTypeProviders { get; } = [];

    /// <summary>How far a client's clock may be from ours: 1 second to 10 minutes.</summary>
    public TimeSpan MaxClockSkew { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The largest token taken: 1,024 to 65,535 octets.</summary>
    public int MaxTokenBytes { get; set; } = 65535;

    /// <summary>Refuse gRPC calls without a proof unless their endpoint allows anonymous. False: they reach what [Authorize] does not guard.</summary>
    public bool RequireAuthenticatedUser { get; set; } = true;

    /// <summary>
    /// Take only tickets that say by SID who the account is and which groups it is in: a verified PAC with logon information, as Active Directory issues.
    /// Default: false.
    /// </summary>
    /// <remarks>A PAC that is there is verified always, and a bad one refuses the call.</remarks>
    public bool RequirePac { get; set; }

    /// <summary>Take a ticket that lists addresses only from one of them.</summary>
    public bool CheckClientAddress { get; set; }

    /// <summary>Realms whose clients may call. Empty: the realms of the keytab.</summary>
    /// <remarks>
    /// A ticket that came through further realms needs more: the flag by which the KDC says that it has checked them, or each of them on the way that
    /// [capaths] of this server's krb5.conf, or else the tree of realm names, gives from the client's realm to the service's.
    /// </remarks>
    public IList<string> Realms { get; } = [];

    /// <summary>
    /// Take tokens of stock GSS-API clients too: <c>authorization: Negotiate</c> on gRPC requests, and Establish's tokens in GSS-API or SPNEGO frames.
    /// </summary>
    /// <remarks>Plain HTTP requests are never looked at: AddNegotiate may stand beside this for HTTP/1.1.</remarks>
    public bool AcceptNegotiate { get; set; } = true;

    /// <summary>
    /// What to do with channel bindings: proof that the client sees this service's own TLS certificate. Default: <see cref="ChannelBindingPolicy.WhenSent"/>.
    /// </summary>
    /// <remarks>
    /// Compared with the certificate of the call's own connection (Kestrel, HTTP/1.1 and HTTP/2) and those of <see cref="ChannelBindingCertificates"/>.
    /// A certificate signed by Ed25519, Ed448 or ML-DSA has no tls-server-end-point (RFC 5929 section 4.1), so nothing can be bound to it.
    /// </remarks>
    public ChannelBindingPolicy ChannelBinding { get; set; } = ChannelBindingPolicy.WhenSent;

    /// <summary>
    /// Paths of PEM files with the certificates of proxies that end TLS for this service; of each file its first certificate counts. Read at start alone:
    /// list the next one beside the old before it is changed.
    /// </summary>
    public IList<string> ChannelBindingCertificates { get; } = [];

    /// <summary>Run calls that carry a token and no MIC. Whoever reads such a token on its way can run any method with it.</summary>
    public bool UnsafeCallsOnTokenAlone { get; set; }

    /// <summary>Take only proofs later than the start plus MaxClockSkew: for realms whose clients' clocks run ahead.</summary>
    public bool StrictStart { get; set; }

    /// <summary>Whether other replicas with the same key take up a session that began here. Default: <see cref="SessionPortability.Auto"/>.</summary>
    public SessionPortability SessionPortability { get; set; }

    /// <summary>
    /// Sessions kept at most, 1,000 or more, default 100,000; one principal holds an eighth at most. Full, those unused for twice MaxClockSkew make room;
    /// where there are none, new ones are refused, those of the largest holder first: such calls fail with RESOURCE_EXHAUSTED.
    /// </summary>
    public int MaxSessions { get; set; } = 100_000;

    /// <summary>
    /// How long a session lasts at most, 1 minute to 7 days, default 10 hours; it never outlives its ticket. Then the ticket is looked at anew, and no new
    /// call fails for it.
    /// </summary>
    public TimeSpan MaxSessionLifetime { get; set; } = TimeSpan.FromHours(10);

    /// <summary>What becomes of streaming calls that outlive their session. Default: <see cref="ExpiredStreamPolicy.End"/>.</summary>
    public ExpiredStreamPolicy ExpiredStreams { get; set; }

    /// <summary>
    /// Roles, and who has them: a SID of an account or a group, <c>S-1-5-21-…-1104</c>, or a pattern such as <c>svc-billing@CORP.EXAMPLE</c> or
    /// <c>billing/*@CORP.EXAMPLE</c>.
    /// </summary>
    /// <remarks>
    /// SIDs are those of a verified PAC; group names are never looked up. In a pattern a <c>*</c> stands for anything inside one component, never for / or @,
    /// and not in the realm. Case counts.
    /// </remarks>
    public IDictionary<string, string[]> Roles { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal);

    /// <summary>What the application is told, and may add or object to.</summary>
    public new KerberosEvents Events
    {
        get => (KerberosEvents)base.Events!;
        set => base.Events = value;
    }
}
