using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore;

/// <summary>The caller, where a handler needs it.</summary>
public static class KerberosCallerExtensions
{
    /// <summary>The caller; null where the call carried no Kerberos proof.</summary>
    public static KerberosCaller? GetKerberosCaller(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<KerberosCaller>();
    }

    /// <summary>The caller; null where the call carried no Kerberos proof.</summary>
    public static KerberosCaller? GetKerberosCaller(this ServerCallContext context) => context.GetHttpContext().GetKerberosCaller();

    /// <summary>The caller.</summary>
    /// <exception cref="InvalidOperationException">The call carried no Kerberos proof, and the method allows that.</exception>
    public static KerberosCaller GetRequiredKerberosCaller(this ServerCallContext context) =>
        context.GetKerberosCaller()
        ?? throw new InvalidOperationException(
            $"{context.Method} was called without Kerberos. Next: take AllowAnonymous or RequireAuthenticatedUser=false off the method, or ask GetKerberosCaller.");
}
