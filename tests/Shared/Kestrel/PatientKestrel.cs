using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GrpcKerberos.Shared.Kestrel;

/// <summary>
/// Kestrel without the limits of time that a busy machine passes: where a TLS handshake takes it over 10 s the connection is reset, and the call with it.
/// </summary>
internal static class PatientKestrel
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>To be called before it is told where to listen.</summary>
    public static void BePatient(this KestrelServerOptions kestrel)
    {
        kestrel.ConfigureHttpsDefaults(static https => https.HandshakeTimeout = s_patience);
        kestrel.Limits.RequestHeadersTimeout = s_patience;
        kestrel.Limits.KeepAliveTimeout = s_patience;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
    }
}
