using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore;

/// <summary>Whose token begins a session, and what the application has to say to it.</summary>
public sealed class KerberosSessionEstablishedContext : BaseContext<KerberosAuthenticationOptions>
{
    internal KerberosSessionEstablishedContext(HttpContext context, AuthenticationScheme scheme, KerberosAuthenticationOptions options, KerberosCaller caller)
        : base(context, scheme, options) => Caller = caller;

    /// <summary>The caller, as its ticket names it.</summary>
    public KerberosCaller Caller { get; }

    /// <summary>Claims to give the caller; a <see cref="ClaimTypes.Role"/> among them makes a role.</summary>
    public IList<Claim> Claims { get; } = [];

    internal string? RefusedBecause { get; private set; }

    /// <summary>Refuses the call with PERMISSION_DENIED, on endpoints that allow anonymous too.</summary>
    /// <param name="reason">For the log; the caller is not told.</param>
    public void Refuse(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        RefusedBecause = reason;
    }
}
