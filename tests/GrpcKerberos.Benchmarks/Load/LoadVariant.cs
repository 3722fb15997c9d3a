namespace GrpcKerberos.Benchmarks.Load;

/// <summary>How a call is authenticated.</summary>
internal enum LoadVariant
{
    None,

    /// <summary>A fixed token, HS256, judged by Microsoft.AspNetCore.Authentication.JwtBearer.</summary>
    JwtBearer,

    /// <summary>An AP exchange for each call: the client forgets all but its ticket.</summary>
    KerberosExchange,

    /// <summary>The interceptor as an application uses it.</summary>
    Kerberos,
}
