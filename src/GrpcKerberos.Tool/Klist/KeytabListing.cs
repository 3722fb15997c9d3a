using System.Text.Json.Serialization;

namespace GrpcKerberos.Tool.Klist;

/// <param name="Keytab">As MIT krb5 writes it: <c>FILE:/etc/krb5.keytab</c>.</param>
/// <param name="Setting">What named it; null: it is the default.</param>
/// <param name="Entries">In the order of the file.</param>
internal sealed record KeytabListing(string Keytab, string? Setting, IReadOnlyList<ListedKey> Entries)
{
    [JsonPropertyOrder(-1)]
    public string Schema { get; } = "klist-keytab/1";
}

/// <param name="Principal">Whose key.</param>
/// <param name="KeyVersion">kvno.</param>
/// <param name="EncryptionType">Its type.</param>
/// <param name="Timestamp">When it was written, by who wrote it; UTC.</param>
/// <param name="IsUsed">Whether a service uses keys of that type unless told otherwise.</param>
internal sealed record ListedKey(string Principal, uint KeyVersion, string EncryptionType, string Timestamp, bool IsUsed);
