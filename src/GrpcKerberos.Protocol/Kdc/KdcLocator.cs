using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc.Srv;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Which KDCs serve a realm: those of the options for the options' realm, else those of krb5.conf, else those DNS knows.</summary>
/// <param name="config">krb5.conf.</param>
/// <param name="realm">The realm <paramref name="kdcs"/> belong to; null where the options name none.</param>
/// <param name="kdcs">KerberosClientOptions.Kdcs.</param>
/// <param name="dns">Asked where neither names a KDC; null: DNS is not asked.</param>
internal sealed class KdcLocator(Krb5Config config, string? realm = null, IReadOnlyList<KdcAddress>? kdcs = null, DnsKdcs? dns = null)
{
    /// <summary>With DNS asked where krb5.conf lets it be.</summary>
    /// <param name="config">krb5.conf.</param>
    /// <param name="realm">The realm <paramref name="kdcs"/> belong to; null where the options name none.</param>
    /// <param name="kdcs">KerberosClientOptions.Kdcs.</param>
    /// <param name="timeout">For one exchange.</param>
    /// <param name="timeProvider">This host's clock.</param>
    public static KdcLocator Create(Krb5Config config, string? realm, IReadOnlyList<KdcAddress> kdcs, TimeSpan timeout, TimeProvider timeProvider) =>
        new(config, realm, kdcs, config.DnsLookupKdc ? new DnsKdcs(new SrvResolver(NameServers.OfThisHost, timeout / 2, timeProvider)) : null);

    /// <summary>At least one KDC, in the order to try them.</summary>
    /// <exception cref="KerberosException"><see cref="KerberosError.KdcUnreachable"/>: none is known.</exception>
    public async ValueTask<IReadOnlyList<KdcAddress>> FindAsync(string wanted, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var written = kdcs is { Count: > 0 } && wanted == realm ? kdcs : config.KdcsOf(wanted);
        if (written.Count > 0) return written;
        if (dns is null) throw Unknown(wanted, config.DnsLookupKdc ? "" : ", and dns_lookup_kdc is off");
        try
        {
            var found = await dns.FindAsync(wanted, cancellationToken).ConfigureAwait(false);
            return found.Count > 0 ? found : throw Unknown(wanted, $" and DNS has no {DnsKdcs.NameOf("_tcp", wanted)}");
        }
        catch (SrvLookupException e)
        {
            throw Unknown(wanted, $" and no name server told of {DnsKdcs.NameOf("_tcp", wanted)}: {e.Message}", e);
        }
    }

    /// <summary>primary_kdc of krb5.conf; none where the options name the realm's KDCs, which have no such rank.</summary>
    public IReadOnlyList<KdcAddress> PrimariesOf(string wanted) =>
        !(kdcs is { Count: > 0 } && wanted == realm) && config.PrimaryKdcs.TryGetValue(wanted, out var primaries) ? primaries : [];

    private KerberosException Unknown(string wanted, string dnsSays, Exception? inner = null)
    {
        var files = config.Files.Count switch
        {
            0 => "no krb5.conf was found (that of KRB5_CONFIG, else the system's)",
            1 => $"{config.Files[0]} names none",
            _ => $"{config.Files[0]} and the files beside it name none",
        };
        return new KerberosException(
            KerberosError.KdcUnreachable,
            $"No KDC is known for {wanted}: {files}{dnsSays}. Next: add it to [realms], or set KerberosClientOptions.Kdcs.",
            inner);
    }
}
