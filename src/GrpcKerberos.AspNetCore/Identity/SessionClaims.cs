using System.Security.Claims;

namespace GrpcKerberos.AspNetCore.Identity;

/// <summary>
/// What a session keeps of claims: those the application gave its caller, and its roles, which are found anew where other roles are configured.
/// </summary>
internal sealed class SessionClaims
{
    private static readonly SessionClaims s_none = new([]);

    private readonly Claim[] _given;
    private volatile Found? _found;

    private SessionClaims(Claim[] given) => _given = given;

    /// <summary>Most sessions have none: they share one object.</summary>
    public static SessionClaims Of(IList<Claim> given, RoleMap roles) => given.Count == 0 && roles.IsEmpty ? s_none : new SessionClaims([.. given]);

    /// <param name="roles">The roles in use now.</param>
    /// <param name="caller">Whose session it is.</param>
    /// <param name="issuer">Who says that it has them.</param>
    public Claim[] By(RoleMap roles, KerberosCaller caller, string issuer)
    {
        if (roles.IsEmpty) return _given;
        if (_found is { } found && ReferenceEquals(found.Roles, roles)) return found.Claims;
        var all = new List<Claim>(_given);
        roles.AddTo(all, caller, issuer);
        Claim[] claims = [.. all];
        if (!ReferenceEquals(this, s_none)) _found = new Found(roles, claims);
        return claims;
    }

    private sealed record Found(RoleMap Roles, Claim[] Claims);
}
