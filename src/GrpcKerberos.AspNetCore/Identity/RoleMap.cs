using System.Security.Claims;

namespace GrpcKerberos.AspNetCore.Identity;

/// <summary>The option Roles, read once: which callers have which roles.</summary>
internal sealed class RoleMap(IEnumerable<KeyValuePair<string, string[]>> roles)
{
    private readonly (string Role, CallerPattern[] Patterns)[] _roles = [.. roles.Select(static r => (r.Key, Array.ConvertAll(r.Value, CallerPattern.Parse)))];

    public bool IsEmpty => _roles.Length == 0;

    public void AddTo(IList<Claim> claims, KerberosCaller caller, string issuer)
    {
        foreach (var (role, patterns) in _roles)
        {
            if (Array.Exists(patterns, p => p.Matches(caller))) claims.Add(new Claim(ClaimTypes.Role, role, ClaimValueTypes.String, issuer));
        }
    }
}
