using GrpcKerberos.AspNetCore.Authorization;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.Protocol.Pac;
using Microsoft.AspNetCore.Authorization;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Policies on who called by Kerberos.</summary>
public static class KerberosAuthorizationPolicyBuilderExtensions
{
    /// <summary>The caller's principal must match one of the patterns: <c>svc-billing@CORP.EXAMPLE</c>, <c>billing/*@CORP.EXAMPLE</c>.</summary>
    /// <remarks>A <c>*</c> stands for anything inside one component, never for / or @, and not in the realm. Case counts.</remarks>
    /// <exception cref="ArgumentException">No pattern, or one that is none.</exception>
    public static AuthorizationPolicyBuilder RequireKerberosPrincipal(this AuthorizationPolicyBuilder builder, params string[] patterns)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ThrowIfEmpty(patterns, nameof(patterns));
        PrincipalPattern[] parsed;
        try
        {
            parsed = Array.ConvertAll(patterns, PrincipalPattern.Parse);
        }
        catch (FormatException e)
        {
            throw new ArgumentException(e.Message, nameof(patterns), e);
        }

        return builder.AddRequirements(new CallerRequirement(
            $"RequireKerberosPrincipal: {string.Join(", ", patterns)}", caller => Array.Exists(parsed, p => p.Matches(caller.Principal))));
    }

    /// <summary>The caller's account must be in one of these groups, by SID: <c>S-1-5-21-1004336348-1177238915-682003330-1104</c>.</summary>
    /// <remarks>Of a verified PAC alone, so nobody outside Active Directory meets it. Group names are never looked up: <c>Get-ADGroup</c> and <c>wbinfo -n</c> tell the SID.</remarks>
    /// <exception cref="ArgumentException">No SID, or a text that is none.</exception>
    public static AuthorizationPolicyBuilder RequireKerberosGroup(this AuthorizationPolicyBuilder builder, params string[] sids)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ThrowIfEmpty(sids, nameof(sids));
        var groups = Array.ConvertAll(sids, static text => Sid.TryParse(text, out var sid)
            ? sid
            : throw new ArgumentException($"\"{text}\" is no SID. Next: write it as S-1-5-21-…; the name of a group is never looked up.", nameof(sids)));
        return builder.AddRequirements(new CallerRequirement(
            $"RequireKerberosGroup: {string.Join(", ", sids)}", caller => Array.Exists(groups, g => caller.IsIn(g))));
    }

    /// <summary>The caller's realm must be one of these. Case counts.</summary>
    /// <exception cref="ArgumentException">No realm.</exception>
    public static AuthorizationPolicyBuilder RequireKerberosRealm(this AuthorizationPolicyBuilder builder, params string[] realms)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ThrowIfEmpty(realms, nameof(realms));
        string[] permitted = [.. realms];
        return builder.AddRequirements(new CallerRequirement(
            $"RequireKerberosRealm: {string.Join(", ", permitted)}", caller => permitted.Contains(caller.Principal.Realm, StringComparer.Ordinal)));
    }

    private static void ThrowIfEmpty(string[] values, string name)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        if (values.Length == 0) throw new ArgumentException("Nobody could meet this policy: it names nothing. Next: name at least one.", name);
    }
}
