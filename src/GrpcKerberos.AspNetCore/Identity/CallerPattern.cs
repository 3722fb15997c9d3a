using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Pac;

namespace GrpcKerberos.AspNetCore.Identity;

/// <summary>Callers as the option Roles names them: by the SID of an account or a group, or by a pattern of principals.</summary>
internal sealed class CallerPattern
{
    private readonly Sid _sid;
    private readonly PrincipalPattern? _principals;

    private CallerPattern(Sid sid, PrincipalPattern? principals)
    {
        _sid = sid;
        _principals = principals;
    }

    public static bool TryParse(string? text, [NotNullWhen(true)] out CallerPattern? pattern)
    {
        pattern = Sid.TryParse(text, out var sid) ? new CallerPattern(sid, null)
            : PrincipalPattern.TryParse(text, out var principals) ? new CallerPattern(default, principals)
            : null;
        return pattern is not null;
    }

    /// <exception cref="FormatException">The text is neither.</exception>
    public static CallerPattern Parse(string text) => TryParse(text, out var pattern)
        ? pattern
        : throw new FormatException($"\"{text}\" is neither a SID nor a principal pattern. Next: write it as S-1-5-21-…, name@REALM or service/*@REALM.");

    public bool Matches(KerberosCaller caller) =>
        _principals is null ? caller.User == _sid || caller.IsIn(_sid) : _principals.Matches(caller.Principal);
}
