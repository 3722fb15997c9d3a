using System.Security.Claims;

namespace GrpcKerberos.AspNetCore.Identity;

/// <summary>Principals for calls: a new one for each, since they can be changed.</summary>
internal static class KerberosPrincipals
{
    /// <summary>The caller's identity, and, where there are roles or the application's claims, a second one that holds them.</summary>
    public static ClaimsPrincipal Make(KerberosCaller caller, Claim[] claims, string? issuer)
    {
        var principal = new ClaimsPrincipal(new KerberosIdentity(caller, issuer));
        if (claims.Length > 0) principal.AddIdentity(new ClaimsIdentity(claims, KerberosDefaults.AuthenticationScheme, ClaimTypes.Name, ClaimTypes.Role));
        return principal;
    }

    /// <summary>Who proved itself here; identities of other schemes, whatever their name says, are not it.</summary>
    public static KerberosCaller? CallerOf(ClaimsPrincipal user)
    {
        foreach (var identity in user.Identities)
        {
            if (identity is KerberosIdentity { IsAuthenticated: true } kerberos) return kerberos.Caller;
        }

        return null;
    }

    /// <summary>Whether a user is, also, a Kerberos caller: by type of authentication, since a claims transformation may have made the identity anew.</summary>
    public static bool IsIn(ClaimsPrincipal user)
    {
        foreach (var identity in user.Identities)
        {
            if (string.Equals(identity.AuthenticationType, KerberosDefaults.AuthenticationScheme, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    /// <summary>The caller first, so that its name is the user's; then who else was authenticated.</summary>
    public static ClaimsPrincipal Merge(ClaimsPrincipal caller, ClaimsPrincipal user)
    {
        if (user.Identities.Any(static i => i.IsAuthenticated)) caller.AddIdentities(user.Identities.Where(static i => i.IsAuthenticated));
        return caller;
    }
}
