using System.Text;
using System.Text.Unicode;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>What a KDC says of a client's keys: ETYPE-INFO2, in its order of preference (RFC 4120 section 5.2.7).</summary>
internal sealed class KdcHints
{
    private readonly KerberosPrincipal _client;
    private readonly IReadOnlyList<EtypeInfo2Entry>? _entries;
    private readonly string? _salt;

    private KdcHints(KerberosPrincipal client, IReadOnlyList<EtypeInfo2Entry>? entries, string? salt = null)
    {
        _client = client;
        _entries = entries;
        _salt = salt;
    }

    /// <summary>Whether the KDC takes the client's key in armour alone (RFC 6113), and this is an answer out of none.</summary>
    public bool DemandArmor { get; private init; }

    /// <summary>Reads the METHOD-DATA of KDC_ERR_PREAUTH_REQUIRED.</summary>
    /// <param name="kdc">Who sent it.</param>
    /// <param name="client">Who logs in.</param>
    /// <param name="methodData">The error's e-data.</param>
    /// <param name="proof">How the client can prove itself: by encrypted timestamp, or in armour by encrypted challenge.</param>
    /// <exception cref="KerberosException"><see cref="KerberosError.KdcRefused"/>: malformed, or no way offered that is spoken here.</exception>
    public static KdcHints Read(KdcAddress kdc, KerberosPrincipal client, ReadOnlyMemory<byte>? methodData, PreAuthType proof)
    {
        if (methodData is not { IsEmpty: false } encoded) return new KdcHints(client, null);
        try
        {
            var methods = PreAuthData.DecodeMethodData(encoded);
            if (methods.Any(m => m.Type == proof)) return Of(client, methods);
            return proof == PreAuthType.EncTimestamp && methods.Any(static m => m.Type == PreAuthType.FxFast)
                ? new KdcHints(client, null) { DemandArmor = true }
                : throw KdcErrors.PreAuthenticationUnknown(kdc, client, proof);
        }
        catch (DerException e)
        {
            throw KdcErrors.WrongReply(kdc, $"in its METHOD-DATA {e.Message}");
        }
    }

    /// <summary>The hints among the PA-DATA of a reply or an error: ETYPE-INFO2, else the salt of PA-PW-SALT, else none.</summary>
    /// <remarks>ETYPE-INFO has no string-to-key parameters, and is for types older than those here (RFC 4120 section 5.2.7.4).</remarks>
    /// <exception cref="DerException">ETYPE-INFO2 is malformed.</exception>
    public static KdcHints Of(KerberosPrincipal client, IReadOnlyList<PreAuthData>? methods)
    {
        if (methods?.FirstOrDefault(static m => m.Type == PreAuthType.EtypeInfo2) is { } info)
            return new KdcHints(client, EtypeInfo2Entry.DecodeList(info.Value));
        return new KdcHints(client, null, methods?.FirstOrDefault(static m => m.Type == PreAuthType.PwSalt) is { } salt ? Text(salt.Value.Span) : null);
    }

    /// <summary>The salt of RFC 4120 section 4 where the KDC names none: the realm and the name's components, joined by nothing.</summary>
    public static KdcHint Default(KerberosPrincipal client, EncryptionType type) =>
        new(type, client.Realm + string.Concat(client.Components), ReadOnlyMemory<byte>.Empty);

    /// <summary>The KDC's first choice among the types offered; null where none is.</summary>
    public KdcHint? Choose(IReadOnlyList<EncryptionType> offered)
    {
        if (_entries is null)
        {
            var byDefault = Default(_client, offered[0]);
            return byDefault with { Salt = _salt ?? byDefault.Salt };
        }

        var entry = _entries.FirstOrDefault(e => offered.Contains(e.Type));
        if (entry is null) return null;
        var usual = Default(_client, entry.Type);
        return usual with { Salt = entry.Salt ?? usual.Salt, Parameters = entry.StringToKeyParameters ?? usual.Parameters };
    }

    /// <summary>Null for what is no text: Active Directory puts error details where the salt belongs (MS-KILE section 2.2.1).</summary>
    private static string? Text(ReadOnlySpan<byte> octets) => Utf8.IsValid(octets) ? Encoding.UTF8.GetString(octets) : null;
}
