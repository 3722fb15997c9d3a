using System.Text.Json.Serialization;

namespace GrpcKerberos.Tool.Klist;

/// <summary>Credential caches: one, or all of a directory's.</summary>
internal sealed record CacheListing(IReadOnlyList<ListedCache> Caches)
{
    [JsonPropertyOrder(-1)]
    public string Schema { get; } = "klist-caches/1";
}

/// <param name="Cache">As MIT krb5 writes it: <c>FILE:/tmp/krb5cc_1000</c>.</param>
/// <param name="Setting">What named it; null: it is the default.</param>
/// <param name="Principal">Who logged in.</param>
/// <param name="KdcOffsetSeconds">The KDC's clock less this host's, as the login measured it; null where it did not differ.</param>
/// <param name="Tickets">In the order of the file.</param>
internal sealed record ListedCache(string Cache, string? Setting, string Principal, double? KdcOffsetSeconds, IReadOnlyList<ListedTicket> Tickets);

/// <param name="Service">Whom it is for.</param>
/// <param name="Client">Whose it is, where that is not the cache's principal.</param>
/// <param name="KeyVersion">kvno of the service's key; null where the KDC does not say.</param>
/// <param name="TicketEncryptionType">What it is sealed with.</param>
/// <param name="SessionEncryptionType">Of the session key.</param>
/// <param name="Starts">UTC.</param>
/// <param name="Ends">UTC.</param>
/// <param name="RenewTill">UTC; null where it cannot be renewed.</param>
/// <param name="SecondsLeft">By the KDC's clock as far as it is known; negative where it has ended.</param>
/// <param name="Flags">By the names of RFC 4120.</param>
internal sealed record ListedTicket(
    string Service,
    string? Client,
    uint? KeyVersion,
    string TicketEncryptionType,
    string SessionEncryptionType,
    string Starts,
    string Ends,
    string? RenewTill,
    long SecondsLeft,
    IReadOnlyList<string> Flags);
