namespace GrpcKerberos.AspNetCore;

/// <summary>Claim types that .NET has no name for.</summary>
public static class KerberosClaimTypes
{
    /// <summary>The client's realm.</summary>
    public const string Realm = "krb5:realm";

    /// <summary>The keytab's principal whose key opened the ticket.</summary>
    public const string ServicePrincipal = "krb5:service";
}
