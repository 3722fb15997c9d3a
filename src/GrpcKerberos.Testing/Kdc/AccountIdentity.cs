using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Testing.Tickets;

namespace GrpcKerberos.Testing.Kdc;

/// <summary>Who an account is in the realm's domain: what the PACs of its tickets say.</summary>
internal sealed class AccountIdentity
{
    private const uint DomainUsers = 513;

    private readonly KerberosPrincipal _principal;
    private readonly Sid _sid;
    private readonly Sid[] _groups;
    private readonly string _userPrincipalName;

    private AccountIdentity(KerberosPrincipal principal, Sid sid, Sid[] groups, string? userPrincipalName)
    {
        _principal = principal;
        _sid = sid;
        _groups = groups;
        _userPrincipalName = userPrincipalName ?? $"{Name}@{principal.Realm.ToLowerInvariant()}";
    }

    private string Name => string.Join('/', _principal.Components);

    /// <summary>Null for an account without a SID.</summary>
    /// <exception cref="ArgumentException">A SID is none, or there are groups or a name and no SID.</exception>
    public static AccountIdentity? Of(KerberosPrincipal principal, TestAccountOptions options)
    {
        if (options.Sid is null)
        {
            return options.GroupSids.Count == 0 && options.UserPrincipalName is null
                ? null
                : throw new ArgumentException($"{principal} has GroupSids or a UserPrincipalName and no Sid. Next: set Sid, S-1-5-21-1-2-3-1104 for one.", nameof(options));
        }

        if (!Sid.TryParse(options.Sid, out var sid) || sid.Prefix.SubAuthorities.IsEmpty || sid.RelativeId == 0)
            throw new ArgumentException($"The Sid \"{options.Sid}\" of {principal} is not that of an account in a domain. Next: write it as S-1-5-21-1-2-3-1104.", nameof(options));
        return new AccountIdentity(principal, sid, [.. options.GroupSids.Distinct(StringComparer.Ordinal).Select(text => Group(principal, text))], options.UserPrincipalName);
    }

    /// <summary>A PAC of today's Active Directory, not signed yet.</summary>
    public TestPac MakePac(LongTermKey kdcKey) => new()
    {
        KdcKey = kdcKey,
        Logon = Logon(),
        UserPrincipalName = _userPrincipalName,
        DnsDomain = _principal.Realm,
        AccountName = Name,
        NamedSid = _sid.ToString(),
        RequestorSid = _sid.ToString(),
    };

    private static Sid Group(KerberosPrincipal principal, string text) =>
        Sid.TryParse(text, out var sid) ? sid : throw new ArgumentException($"\"{text}\" in GroupSids of {principal} is no SID. Next: write it as S-1-5-21-1-2-3-1105.", nameof(text));

    /// <summary>Groups of the account's own domain stand there by their last number, all others as extra SIDs.</summary>
    private TestLogonInfo Logon()
    {
        var domain = _sid.Prefix;
        uint[] own = [DomainUsers, .. _groups.Where(g => g.Prefix.Equals(domain)).Select(static g => g.RelativeId)];
        var text = _sid.ToString();
        var info = new TestLogonInfo
        {
            Domain = text[..text.LastIndexOf('-')],
            UserId = _sid.RelativeId,
            PrimaryGroupId = DomainUsers,
            Groups = [.. own.Distinct().Select(static id => (id, TestLogonInfo.Enabled))],
            ExtraSids = [.. _groups.Where(g => !g.Prefix.Equals(domain)).Select(static g => (g.ToString(), TestLogonInfo.Enabled))],
        };
        (info.Names[0], info.Names[1], info.Names[6], info.Names[7]) = (Name, Name, "KDC", _principal.Realm.Split('.')[0]);
        return info;
    }
}
