using System.Security.Claims;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.AspNetCore.Identity;

/// <summary>The option Roles, read once: which principal has which roles.</summary>
internal sealed class RoleMap(IEnumerable<KeyValuePair<string, string[]>> roles)
{
    private readonly (string Role, PrincipalPattern[] Patterns)[] _roles = [.. roles.Select(static r => (r.Key, Array.ConvertAll(r.Value, PrincipalPattern.Parse)))];

    public void AddTo(IList<Claim> claims, KerberosPrincipal principal, string issuer)
    {
        foreach (var (role, patterns) in _roles)
        {
            if (Array.Exists(patterns, p => p.Matches(principal))) claims.Add(new Claim(ClaimTypes.Role, role, ClaimValueTypes.String, issuer));
        }
    }
}
