using GrpcKerberos.AspNetCore.Identity;
using Microsoft.AspNetCore.Authorization;

namespace GrpcKerberos.AspNetCore.Authorization;

/// <summary>A condition on the caller that a Kerberos proof alone can meet. <paramref name="text"/> is what the log names.</summary>
internal sealed class CallerRequirement(string text, Func<KerberosCaller, bool> isMet) : AuthorizationHandler<CallerRequirement>, IAuthorizationRequirement
{
    public override string ToString() => text;

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, CallerRequirement requirement)
    {
        if (KerberosPrincipals.CallerOf(context.User) is { } caller && requirement.IsMet(caller)) context.Succeed(requirement);
        return Task.CompletedTask;
    }

    private bool IsMet(KerberosCaller caller) => isMet(caller);
}
