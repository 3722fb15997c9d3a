using System.Collections.ObjectModel;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.AspNetCore;

/// <summary>The caller in the words of its ticket.</summary>
public sealed class KerberosCaller
{
    private readonly IProvedCaller _caller;
    private string[]? _groupSids;

    internal KerberosCaller(IProvedCaller caller) => _caller = caller;

    /// <summary>Who calls.</summary>
    public KerberosPrincipal Principal => _caller.Client;

    /// <summary>The keytab's principal whose key opened the ticket.</summary>
    public KerberosPrincipal ServicePrincipal => _caller.Service;

    /// <summary>The account's SID, <c>S-1-5-21-…</c>; null where the ticket has no PAC with logon information, as outside Active Directory.</summary>
    /// <remarks>Names are given again to other accounts, SIDs never.</remarks>
    public string? UserSid => User.IsNone ? null : User.ToString();

    /// <summary>SIDs of the groups the account is in: of its domain, extra ones, resource groups. Empty where the ticket has no PAC with logon information.</summary>
    /// <remarks>The texts are made when they are asked for. To ask for one group, <c>User.IsInRole(sid)</c> needs none of them.</remarks>
    public IReadOnlyList<string> GroupSids => _groupSids ??= Data?.Groups.ToTexts() ?? [];

    /// <summary>The account's user principal name, <c>alice@corp.example</c>; null where the PAC has none.</summary>
    public string? UserPrincipalName => Data?.UserPrincipalName;

    /// <summary>The services that act for the caller by constrained delegation (S4U2Proxy), first to last. Empty where the caller itself calls.</summary>
    public IReadOnlyList<KerberosPrincipal> ActingServices => ReadOnly(Data?.ActingServices);

    /// <summary>How the caller proved itself to the KDC, in words of the KDC's administrator (RFC 8129): <c>otp</c>, <c>pkinit</c>. Mostly empty.</summary>
    public IReadOnlyList<string> AuthenticationIndicators => ReadOnly(Data?.AuthenticationIndicators);

    /// <summary>When the caller proved itself to the KDC.</summary>
    public DateTimeOffset AuthenticatedAt => _caller.AuthTime.ToDateTimeOffset();

    /// <summary>When the ticket ends.</summary>
    public DateTimeOffset TicketEnds => _caller.TicketEnds.ToDateTimeOffset();

    /// <summary>What the ticket is sealed with.</summary>
    public EncryptionType TicketEncryptionType => _caller.TicketEncryptionType;

    /// <summary>Whether the session is tied to the TLS certificate the client saw, this connection's or a listed proxy's: calls over another are not of it.</summary>
    public bool IsChannelBound => _caller.IsChannelBound;

    internal Sid User => Data?.User ?? default;

    internal Sid PrimaryGroup => Data?.PrimaryGroup ?? default;

    private CallerData? Data => _caller.Data;

    internal bool IsIn(in Sid group) => Data is { } data && data.Groups.Contains(group);

    /// <summary>The principal.</summary>
    public override string ToString() => Principal.ToString();

    // All sessions of the caller share the array, and who sorted it in place would write in all of them.
    private static ReadOnlyCollection<T> ReadOnly<T>(T[]? shared) => shared is null ? ReadOnlyCollection<T>.Empty : Array.AsReadOnly(shared);
}
