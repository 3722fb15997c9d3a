namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Option before environment before krb5.conf: the first that says anything wins.</summary>
internal static class LocationOrder
{
    public static FileLocation? First(params ReadOnlySpan<(string? Value, string Setting)> candidates)
    {
        foreach (var (value, setting) in candidates)
        {
            if (!string.IsNullOrEmpty(value)) return new FileLocation(value, setting);
        }

        return null;
    }
}
