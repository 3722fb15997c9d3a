using GrpcKerberos.Protocol;

namespace GrpcKerberos;

/// <summary>Who a client is, where its tickets come from, and whom it calls. Read once, when the interceptor is made.</summary>
/// <remarks>What is not set comes from the environment, then krb5.conf, by the names MIT krb5 gives it.</remarks>
public sealed class KerberosClientOptions
{
    /// <summary>Who to be; null: the owner of the credential cache, or the keytab's first principal. Without a realm: <see cref="Realm"/>.</summary>
    public string? Principal { get; set; }

    /// <summary>The keytab to log in with. Then no credential cache is read, and tickets stay in memory.</summary>
    public string? Keytab { get; set; }

    /// <summary>The credential cache of a login, <c>FILE:/tmp/krb5cc_1000</c> or <c>DIR:/run/user/1000/krb5cc</c> for one.</summary>
    /// <remarks>Of a directory's caches the one of <see cref="Principal"/>, or without that the primary one. A changed file is read again within a second.</remarks>
    public string? CredentialCache { get; set; }

    /// <summary>The credential cache whose ticket armours logins (FAST, RFC 6113), as <c>kinit -T</c> has it: a ticket of this host as a rule, FILE or DIR.</summary>
    /// <remarks>
    /// Then every login by a keytab is armoured, and an answer without armour is not believed. Null: logins are not armoured unless the KDC demands it; then a ticket is fetched with the keytab
    /// of this host (KRB5_KTNAME, default_keytab_name or /etc/krb5.keytab: its first host/ principal of the realm, else its first one).
    /// </remarks>
    public string? ArmorCredentialCache { get; set; }

    /// <summary>
    /// Be who the operating system has logged in: a Windows logon or gMSA by SSPI, and elsewhere whatever GSS-API finds (KCM, KEYRING or FILE caches, KRB5_CLIENT_KTNAME). Kerberos alone, never NTLM. Then
    /// names, realms and KDCs are the operating system's to find, every session is established by a call of its own before the first call goes out, and no call is sent again by itself. Default: false.
    /// </summary>
    public bool UseDefaultCredentials { get; set; }

    /// <summary>The realm of names without one; null: krb5.conf's.</summary>
    public string? Realm { get; set; }

    /// <summary>The KDCs of <see cref="Realm"/>, <c>host</c> or <c>host:port</c>; empty: krb5.conf's, else those DNS names.</summary>
    public IList<string> Kdcs { get; } = [];

    /// <summary>The krb5.conf to read; null: KRB5_CONFIG, or the system's.</summary>
    public string? Krb5Config { get; set; }

    /// <summary>The service called; <c>{host}</c> is the host of the channel's target: lower case, without port, never from DNS or the server.</summary>
    public string ServicePrincipal { get; set; } = "HTTP/{host}";

    /// <summary>Whether every answer must prove the server. False: an absent proof passes, a wrong one never does.</summary>
    public bool RequireMutualAuthentication { get; set; } = true;

    /// <summary>
    /// Demand sessions that belong to one server process: whoever reads a call behind the end of TLS can then have it run nowhere else. Each server process costs
    /// a round trip more, and so does each of its restarts. Without TLS it is so unless the server says otherwise: <c>http://</c> shows that, and a target of a resolver (<c>dns:///</c>) does not, so set this for one without TLS. Default: false.
    /// </summary>
    public bool RequireServerBoundSessions { get; set; }

    /// <summary>Establish the session by a call of its own before the first call goes out: no message leaves before a holder of the service's key has proved itself. Where grpckerberos.v1.SessionService is not answered, the call fails. Default: false.</summary>
    public bool EstablishFirst { get; set; }

    /// <summary>
    /// How a server gets its token. Default: by GrpcKerberos's own wire. The others are for a server that is none of GrpcKerberos: each call carries <c>authorization: Negotiate</c> with a token of its own, and
    /// its answer must carry <c>www-authenticate: Negotiate</c> with a KRB_AP_REP. Such a token can be shown once elsewhere by who reads it: it says nothing of the call it came with.
    /// </summary>
    public KerberosTokenFormat TokenFormat { get; set; }

    /// <summary>The largest token that goes into a header, in octets: 1,024 to 24,000, default 5,632. A larger one goes into the body of a call of its own.</summary>
    public int MaxHeaderTokenBytes { get; set; } = 5632;

    /// <summary>How long one exchange with the KDCs may take, all of them together: 1 s to 2 min.</summary>
    public TimeSpan KdcTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Encryption types to ask for, by their names in MIT krb5, best first; empty: the AES types krb5.conf permits.</summary>
    public IList<string> EncryptionTypes { get; } = [];

    /// <summary>Encryption types that are not built in, for <see cref="EncryptionTypes"/> to name: a provider alone changes nothing. Code only, no configuration.</summary>
    public IList<EncryptionTypeProvider> EncryptionTypeProviders { get; } = [];

    /// <summary>
    /// Bind each proof to the server's TLS certificate, so that it is good on connections with that certificate alone. The server must look at it (its ChannelBinding, WhenSent by default; behind a proxy that ends TLS its
    /// ChannelBindingCertificates). Null: proofs are not bound.
    /// </summary>
    public ChannelBindingSource? ChannelBinding { get; set; }

    /// <summary>The clock; null: the system's.</summary>
    public TimeProvider? TimeProvider { get; set; }

    /// <summary>The keytab's octets from elsewhere than a file, a vault for one; asked again for each login.</summary>
    public Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>>? LoadKeytab { get; set; }
}
