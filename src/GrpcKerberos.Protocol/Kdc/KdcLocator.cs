using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Which KDCs serve a realm: those of the options for the options' realm, else those of krb5.conf.</summary>
/// <param name="config">krb5.conf.</param>
/// <param name="realm">The realm <paramref name="kdcs"/> belong to; null where the options name none.</param>
/// <param name="kdcs">KerberosClientOptions.Kdcs.</param>
internal sealed class KdcLocator(Krb5Config config, string? realm = null, IReadOnlyList<KdcAddress>? kdcs = null)
{
    /// <summary>At least one KDC, in the order to try them.</summary>
    /// <exception cref="KerberosException"><see cref="KerberosError.KdcUnreachable"/>: none is known.</exception>
    public ValueTask<IReadOnlyList<KdcAddress>> FindAsync(string wanted, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var found = kdcs is { Count: > 0 } && wanted == realm ? kdcs : config.KdcsOf(wanted);
        return found.Count > 0 ? ValueTask.FromResult(found) : throw Unknown(wanted);
    }

    private KerberosException Unknown(string wanted)
    {
        var files = config.Files.Count switch
        {
            0 => "there is no krb5.conf",
            1 => $"{config.Files[0]} names none",
            _ => $"{config.Files[0]} and the files beside it name none",
        };
        return new KerberosException(
            KerberosError.KdcUnreachable,
            $"No KDC is known for {wanted}: {files}. Next: add it to [realms], or set KerberosClientOptions.Kdcs.");
    }
}
