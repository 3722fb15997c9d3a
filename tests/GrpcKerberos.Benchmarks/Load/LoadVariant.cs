namespace GrpcKerberos.Benchmarks.Load;

/// <summary>How a call is authenticated.</summary>
internal enum LoadVariant
{
    None,

    /// <summary>A handler that lets everybody in without a look: what ASP.NET Core's authentication and authorization, and gRPC's call credentials, cost by themselves.</summary>
    OpenDoor,

    /// <summary>A fixed token, HS256, judged by Microsoft.AspNetCore.Authentication.JwtBearer.</summary>
    JwtBearer,

    /// <summary>An AP exchange for each call: the client forgets all but its ticket.</summary>
    KerberosExchange,

    /// <summary>The interceptor as an application uses it.</summary>
    Kerberos,

    /// <summary>The same, with [Authorize] on the service: AddKerberos does without.</summary>
    KerberosAuthorize,
}
