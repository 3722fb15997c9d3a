using System.Globalization;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>The keys a keytab has for one client.</summary>
internal sealed class KeytabKeys : IClientKeys
{
    private readonly string _description;
    private readonly IReadOnlyList<KeytabEntry> _entries;

    private KeytabKeys(KerberosPrincipal client, IReadOnlyList<KeytabEntry> entries, string description)
    {
        Client = client;
        _entries = entries;
        _description = description;
    }

    public KerberosPrincipal Client { get; }

    /// <param name="keytab">The keytab.</param>
    /// <param name="client">Whose keys; null: those of the first principal.</param>
    /// <param name="description">The keytab as messages name it.</param>
    /// <exception cref="KerberosException"><see cref="KerberosError.KeytabUnusable"/>: it has none.</exception>
    public static KeytabKeys Of(Keytab keytab, KerberosPrincipal? client, string description)
    {
        if (keytab.Principals.Count == 0) throw Unusable($"Keytab {description} holds no key. Next: export it again.");
        client ??= keytab.Principals[0];
        if (!keytab.Holds(client))
        {
            throw Unusable(
                $"Keytab {description} has no key for {client}; it has {string.Join(", ", keytab.Principals)}. "
                + "Next: set Principal to a name it holds, or export it again.");
        }

        return new KeytabKeys(client, [.. keytab.Entries.Where(e => e.Principal.Equals(client))], description);
    }

    public bool Has(EncryptionType type) => Newest(type) is not null;

    public LongTermKey Find(EncryptionType type, string salt, ReadOnlySpan<byte> parameters, uint? keyVersion)
    {
        var exact = _entries.FirstOrDefault(e => e.Type == type && e.Key is not null && e.KeyVersion == keyVersion);
        return (exact ?? Newest(type))?.Key
            ?? throw Unusable(
                $"Keytab {_description} has no {type.ToMitName()} key for {Client}; it has {ListKeys()}. "
                + "Next: export it with all key types.");
    }

    public string RefusedText(EncryptionType type) =>
        $"{_description} has {(Newest(type) is { } entry ? Describe(entry) : ListKeys())}. "
        + "Next: the password changed after the export, or it was made with another salt: export it again.";

    public bool IsSameAs(IClientKeys others) =>
        others is KeytabKeys { _entries: var entries } && entries.Count == _entries.Count && _entries.All(e => entries.Any(e.IsSameKeyAs));

    /// <exception cref="KerberosException"><see cref="KerberosError.KeytabUnusable"/>: none of these types has a key.</exception>
    public void RequireOneOf(IReadOnlyList<EncryptionType> permitted)
    {
        if (permitted.Any(Has)) return;
        var types = _entries.Select(static e => string.Create(CultureInfo.InvariantCulture, $"{e.Type.ToMitName()} ({(int)e.Type})"));
        throw Unusable(
            $"Keytab {_description}: all keys of {Client} are {string.Join(", ", types.Distinct())}, which is off. "
            + "Next: give the account AES keys and export again.");
    }

    private KeytabEntry? Newest(EncryptionType type) =>
        _entries.Where(e => e.Type == type && e.Key is not null).MaxBy(static e => e.KeyVersion);

    private string ListKeys() => string.Join("; ", _entries.Select(Describe));

    private static string Describe(KeytabEntry entry) =>
        string.Create(CultureInfo.InvariantCulture, $"kvno {entry.KeyVersion}, {entry.Type.ToMitName()}");

    private static KerberosException Unusable(string text) => new(KerberosError.KeytabUnusable, text);
}
