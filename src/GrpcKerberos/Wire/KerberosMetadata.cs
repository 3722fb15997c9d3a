namespace GrpcKerberos.Wire;

/// <summary>The metadata keys and the scheme, spelled once (protos/README.md).</summary>
internal static class KerberosMetadata
{
    /// <summary>Request: <c>Kerberos session=…, t=…, mic=…, token=…</c>.</summary>
    public const string Authorization = "authorization";

    /// <summary>Answer: <c>mic=…, token=…</c>, without a scheme word (RFC 9110 section 11.6.3).</summary>
    public const string AuthenticationInfo = "authentication-info";

    /// <summary>Refusal: <c>Kerberos error=…, krb-error=…, mic=…</c>.</summary>
    public const string WwwAuthenticate = "www-authenticate";

    public const string Scheme = "Kerberos";

    /// <summary>The scheme of stock GSS-API clients.</summary>
    public const string Negotiate = "Negotiate";
}
