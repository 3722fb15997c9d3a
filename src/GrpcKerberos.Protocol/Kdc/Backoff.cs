namespace GrpcKerberos.Protocol.Kdc;

/// <summary>How long to leave a KDC alone.</summary>
internal static class Backoff
{
    /// <summary>The first delay, doubled with each failure after the first, up to the longest.</summary>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest)
    {
        var delay = first * Math.Pow(2, Math.Clamp(failures - 1, 0, 10));
        return delay < longest ? delay : longest;
    }
}
