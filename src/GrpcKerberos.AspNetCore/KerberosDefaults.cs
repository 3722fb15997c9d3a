namespace GrpcKerberos.AspNetCore;

/// <summary>Names AddKerberos uses unless told otherwise.</summary>
public static class KerberosDefaults
{
    /// <summary>The scheme's name: <c>Kerberos</c>.</summary>
    public const string AuthenticationScheme = "Kerberos";
}
