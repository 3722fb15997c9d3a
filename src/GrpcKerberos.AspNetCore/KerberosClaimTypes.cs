namespace GrpcKerberos.AspNetCore;

/// <summary>Claim types that .NET has no name for.</summary>
public static class KerberosClaimTypes
{
    /// <summary>The client's realm.</summary>
    public const string Realm = "krb5:realm";

    /// <summary>The keytab's principal whose key opened the ticket.</summary>
    public const string ServicePrincipal = "krb5:service";

    /// <summary>A service that acts for the caller by constrained delegation; one claim each, first to last. Where there is one, it is not the caller itself that calls.</summary>
    public const string ActingService = "krb5:acting_service";

    /// <summary>How the caller proved itself to the KDC (RFC 8129), <c>otp</c> for one; one claim each.</summary>
    public const string AuthenticationIndicator = "krb5:indicator";

    /// <summary>Present, with the value <c>true</c>, where the session is tied to its TLS channel.</summary>
    public const string ChannelBound = "krb5:channel_bound";
}
