namespace GrpcKerberos.AspNetCore;

/// <summary>Claim types that .NET has no name for.</summary>
public static class KerberosClaimTypes
{
    /// <summary>The client's realm.</summary>
    public const string Realm = "krb5:realm";

    /// <summary>The keytab's principal whose key opened the ticket.</summary>
    public const string ServicePrincipal = "krb5:service";

    /// <summary>Present, with the value <c>true</c>, where the session is tied to its TLS channel.</summary>
    public const string ChannelBound = "krb5:channel_bound";
}
