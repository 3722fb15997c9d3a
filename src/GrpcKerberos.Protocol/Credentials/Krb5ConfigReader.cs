using System.Globalization;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Relations to settings. As with MIT the first value of a name wins, kdc collects all, and unknown names are ignored.</summary>
internal sealed class Krb5ConfigReader
{
    private const string Defaults = "libdefaults";

    private readonly IReadOnlyList<Krb5Relation> _relations;
    private readonly Func<string, string?> _environment;

    private Krb5ConfigReader(IReadOnlyList<Krb5Relation> relations, Func<string, string?> environment)
    {
        _relations = relations;
        _environment = environment;
    }

    public static Krb5Config Read(IReadOnlyList<Krb5Relation> relations, Func<string, string?> environment) => new Krb5ConfigReader(relations, environment).Read();

    private Krb5Config Read() => new()
    {
        DefaultRealm = Find("default_realm")?.Value,
        Kdcs = ReadKdcs("kdc"),
        PrimaryKdcs = ReadKdcs("primary_kdc", "master_kdc"),
        DomainRealms = ReadDomainRealms(),
        Capaths = Capaths.Of(_relations),
        PermittedEncryptionTypes = EncryptionTypes("permitted_enctypes"),
        DefaultTktEncryptionTypes = EncryptionTypes("default_tkt_enctypes"),
        DefaultTgsEncryptionTypes = EncryptionTypes("default_tgs_enctypes"),
        ClockSkew = Duration("clockskew", "300 for one, or as 5m") ?? Krb5Config.Empty.ClockSkew,
        UdpPreferenceLimit = ReadUdpPreferenceLimit() ?? Krb5Config.Empty.UdpPreferenceLimit,
        DnsLookupKdc = Boolean("dns_lookup_kdc") ?? Krb5Config.Empty.DnsLookupKdc,
        TicketLifetime = Duration("ticket_lifetime", "36000 for one, or as 10h"),
        RenewLifetime = Duration("renew_lifetime", "604800 for one, or as 7d"),
        Forwardable = Boolean("forwardable") ?? false,
        Canonicalize = Boolean("canonicalize") ?? false,
        DefaultKeytabName = FileName("default_keytab_name"),
        DefaultClientKeytabName = FileName("default_client_keytab_name"),
        DefaultCredentialCacheName = FileName("default_ccache_name"),
    };

    private Krb5Relation? Find(string name) => _relations.FirstOrDefault(r => r.Is(Defaults, name));

    private Dictionary<string, IReadOnlyList<KdcAddress>> ReadKdcs(params ReadOnlySpan<string> names)
    {
        var realms = new Dictionary<string, IReadOnlyList<KdcAddress>>(StringComparer.Ordinal);
        foreach (var relation in _relations)
        {
            if (relation.Sections is not ["realms", var realm] || !names.Contains(relation.Name) || ReadKdc(relation) is not { } kdc) continue;
            realms[realm] = realms.TryGetValue(realm, out var kdcs) ? [.. kdcs, kdc] : [kdc];
        }

        return realms;
    }

    /// <summary>Null for a KDC behind an HTTPS proxy (MS-KKDCP), which is not spoken here: the realm's others still serve.</summary>
    private static KdcAddress? ReadKdc(Krb5Relation relation)
    {
        if (relation.Value.StartsWith("https://", StringComparison.OrdinalIgnoreCase)) return null;
        return KdcAddress.TryParse(relation.Value, out var kdc)
            ? kdc
            : throw relation.Invalid($"{relation.Name} = {relation.Value} is no host", "write it as host, host:port or [IPv6]:port");
    }

    private Dictionary<string, string> ReadDomainRealms()
    {
        var realms = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var relation in _relations)
        {
            if (relation.Sections is ["domain_realm"]) realms.TryAdd(relation.Name.ToLowerInvariant(), relation.Value);
        }

        return realms;
    }

    private IReadOnlyList<EncryptionType>? EncryptionTypes(string name)
    {
        if (Find(name) is not { } relation) return null;
        var types = EncryptionTypeList.Parse(relation.Value);
        return types.Count > 0
            ? types
            : throw relation.Invalid($"{name} names no encryption type known here", "add aes256-cts-hmac-sha1-96, or take the line out");
    }

    private TimeSpan? Duration(string name, string example)
    {
        if (Find(name) is not { } relation) return null;
        return DeltaTime.TryParse(relation.Value, out var span)
            ? span
            : throw relation.Invalid($"{name} = {relation.Value} is no duration", $"give it in seconds, {example}");
    }

    private int? ReadUdpPreferenceLimit()
    {
        if (Find("udp_preference_limit") is not { } relation) return null;
        return int.TryParse(relation.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? limit
            : throw relation.Invalid($"udp_preference_limit = {relation.Value} is no number", "give it in octets, 1465 for one");
    }

    private bool? Boolean(string name) => Find(name) is not { } relation ? null : relation.Value.ToUpperInvariant() switch
    {
        "Y" or "YES" or "TRUE" or "T" or "1" or "ON" => true,
        "N" or "NO" or "FALSE" or "NIL" or "0" or "OFF" => false,
        _ => throw relation.Invalid($"{name} = {relation.Value} is neither true nor false", "write true or false"),
    };

    private string? FileName(string name)
    {
        if (Find(name) is not { } relation) return null;
        try
        {
            return PathTokens.Expand(relation.Value, _environment);
        }
        catch (FormatException e)
        {
            throw relation.Invalid($"{name}: {e.Message}", "write the path out");
        }
    }
}
