namespace GrpcKerberos.Protocol.Credentials;

/// <summary>What krb5.conf says of the things GrpcKerberos asks it; names and meaning as MIT krb5 has them. Immutable.</summary>
internal sealed record Krb5Config
{
    /// <summary>No file at all: everything by default.</summary>
    public static Krb5Config Empty { get; } = new();

    /// <summary>The files read, included ones too, for messages that say where something is missing.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    public string? DefaultRealm { get; init; }

    /// <summary>kdc of each realm, in the order of the files.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<KdcAddress>> Kdcs { get; init; } = new Dictionary<string, IReadOnlyList<KdcAddress>>();

    /// <summary>primary_kdc (master_kdc of old) of each realm: those that know of a new password first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<KdcAddress>> PrimaryKdcs { get; init; } = new Dictionary<string, IReadOnlyList<KdcAddress>>();

    /// <summary>[domain_realm]: a host, or a domain with its leading dot, in lower case.</summary>
    public IReadOnlyDictionary<string, string> DomainRealms { get; init; } = new Dictionary<string, string>();

    /// <summary>[capaths]: the way from realm to realm.</summary>
    public Capaths Capaths { get; init; } = Capaths.Empty;

    /// <summary>permitted_enctypes, best first; null where not set. Names without code here (RC4) may be among them.</summary>
    public IReadOnlyList<EncryptionType>? PermittedEncryptionTypes { get; init; }

    /// <summary>default_tkt_enctypes: what to ask an AS for; null where not set.</summary>
    public IReadOnlyList<EncryptionType>? DefaultTktEncryptionTypes { get; init; }

    /// <summary>default_tgs_enctypes: what to ask a TGS for; null where not set.</summary>
    public IReadOnlyList<EncryptionType>? DefaultTgsEncryptionTypes { get; init; }

    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Octets up to which UDP is tried before TCP.</summary>
    public int UdpPreferenceLimit { get; init; } = 1465;

    /// <summary>Whether DNS SRV may name KDCs of realms without any here.</summary>
    public bool DnsLookupKdc { get; init; } = true;

    /// <summary>ticket_lifetime: how long a login is asked for; null: as long as the KDC gives.</summary>
    public TimeSpan? TicketLifetime { get; init; }

    /// <summary>renew_lifetime: until when a login should be renewable; null: not at all.</summary>
    public TimeSpan? RenewLifetime { get; init; }

    /// <summary>forwardable: whether a login asks for a ticket that services may be given to act by.</summary>
    public bool Forwardable { get; init; }

    /// <summary>canonicalize: whether the KDC may log the client in under the name it knows it by.</summary>
    public bool Canonicalize { get; init; }

    public string? DefaultKeytabName { get; init; }

    public string? DefaultClientKeytabName { get; init; }

    public string? DefaultCredentialCacheName { get; init; }

    /// <summary>Reads <paramref name="path"/>, which must exist, else the files of KRB5_CONFIG, else the system's, of which a missing one counts as empty.</summary>
    /// <exception cref="KerberosException"><see cref="KerberosError.ConfigurationInvalid"/>, with file and line.</exception>
    public static Krb5Config Load(string? path, Func<string, string?> environment)
    {
        var relations = Krb5ConfigFile.ReadAll(Krb5ConfigLocation.Resolve(path, environment), out var files);
        if (!string.IsNullOrEmpty(path) && files.Count == 0)
            throw new KerberosException(KerberosError.ConfigurationInvalid, $"{path} (from Krb5Config) does not exist. Next: mount it there or correct the setting.");
        return Krb5ConfigReader.Read(relations, environment) with { Files = files };
    }

    public IReadOnlyList<KdcAddress> KdcsOf(string realm) => Kdcs.TryGetValue(realm, out var kdcs) ? kdcs : [];

    /// <summary>The realm of a host by [domain_realm]; null where it says nothing of it.</summary>
    /// <remarks>As MIT: the host itself, then each parent domain, with its leading dot before without.</remarks>
    public string? RealmOf(string host)
    {
        var name = host.ToLowerInvariant().TrimEnd('.');
        while (name.Length > 0)
        {
            if (DomainRealms.TryGetValue(name, out var realm)) return realm;
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0) return null;
            name = dot == 0 ? name[1..] : name[dot..];
        }

        return null;
    }
}
