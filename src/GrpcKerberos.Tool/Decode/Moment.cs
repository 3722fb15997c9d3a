using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Tool.Decode;

/// <summary>A time, and how far from now it is.</summary>
internal static class Moment
{
    /// <summary><c>2026-11-22T09:05:00Z (2 h 10 min ago)</c>.</summary>
    public static string Of(KerberosTime time, KerberosTime now)
    {
        var span = DurationText.Of(now - time);
        return time <= now ? $"{time} ({span} ago)" : $"{time} (in {span})";
    }
}
