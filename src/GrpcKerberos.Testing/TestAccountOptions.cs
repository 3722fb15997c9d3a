using GrpcKerberos.Protocol;

namespace GrpcKerberos.Testing;

/// <summary>How an account of a <see cref="TestRealm"/> is set up.</summary>
public sealed class TestAccountOptions
{
    /// <summary>The password its keys are made from, with the default salt; random keys where null.</summary>
    public string? Password { get; set; }

    /// <summary>
    /// Its SID in a domain of Active Directory, <c>S-1-5-21-1-2-3-1104</c>: its tickets hold a PAC that says so, signed as a domain controller signs it.
    /// Null: a principal of a realm that is no domain, whose tickets have no PAC.
    /// </summary>
    public string? Sid { get; set; }

    /// <summary>SIDs of the groups it is in, of its own domain or another. In Domain Users, its domain's 513, every account with a SID is besides.</summary>
    public IList<string> GroupSids { get; } = [];

    /// <summary>The user principal name in its PAC; null: its name and the realm in lower case, <c>alice@test.local</c>.</summary>
    public string? UserPrincipalName { get; set; }

    /// <summary>The encryption types of its keys, best first; the realm's where none is added. Tickets for it are sealed with the first.</summary>
    public IList<EncryptionType> EncryptionTypes { get; } = [];
}
