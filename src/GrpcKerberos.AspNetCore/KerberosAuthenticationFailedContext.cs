using GrpcKerberos.Protocol;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore;

/// <summary>Why a proof was refused.</summary>
public sealed class KerberosAuthenticationFailedContext : BaseContext<KerberosAuthenticationOptions>
{
    internal KerberosAuthenticationFailedContext(HttpContext context, AuthenticationScheme scheme, KerberosAuthenticationOptions options, KerberosError error, string detail)
        : base(context, scheme, options)
    {
        Error = error;
        Detail = detail;
    }

    /// <summary>What the caller is told.</summary>
    public KerberosError Error { get; }

    /// <summary>What the log is told: principals, key versions, times. Never sent. The names in it are as the peer wrote them, but for control characters; at most 1,024 characters.</summary>
    public string Detail { get; }
}
