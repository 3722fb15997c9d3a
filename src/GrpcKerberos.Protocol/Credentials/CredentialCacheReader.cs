using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>The reading half of <see cref="CredentialCacheFormat"/>.</summary>
internal static class CredentialCacheReader
{
    /// <summary>Realms of entries that are no tickets: settings kinit keeps, and settings since removed.</summary>
    private static readonly string[] s_settingRealms = ["X-CACHECONF:", "X-RMED-CONF:"];

    /// <param name="file">The whole file.</param>
    /// <param name="tickets">Receives the tickets, so that the caller can dispose their keys should the file turn out damaged.</param>
    public static CredentialCache Read(ReadOnlySpan<byte> file, List<ServiceTicket> tickets)
    {
        var reader = new OctetReader(file);
        var first = reader.Octet("the version");
        var version = reader.Octet("the version");
        if (first != CredentialCacheFormat.FirstOctet || version is not (CredentialCacheFormat.Version3 or CredentialCacheFormat.Version4))
            throw new DamagedFileException(0, "it begins with neither 0x0503 nor 0x0504, so it is no ccache of today");

        var offset = version == CredentialCacheFormat.Version4 ? ReadTimeOffset(ref reader) : TimeSpan.Zero;
        var owner = ReadPrincipal(ref reader);
        while (reader.HasData)
        {
            if (ReadCredential(ref reader, enctypeTwice: version == CredentialCacheFormat.Version3) is { } ticket) tickets.Add(ticket);
        }

        return new CredentialCache(owner, tickets, offset);
    }

    private static TimeSpan ReadTimeOffset(ref OctetReader reader)
    {
        var offset = TimeSpan.Zero;
        var header = reader.Part(reader.UInt16("the length of the header"), "the header");
        while (header.HasData)
        {
            var tag = header.UInt16("a tag");
            var value = header.Part(header.UInt16("the length of a tag"), "the value of a tag");
            if (tag != CredentialCacheFormat.TimeOffsetTag) continue;
            offset = TimeSpan.FromSeconds(value.Int32("the time offset")) + TimeSpan.FromMicroseconds(value.Int32("the time offset"));
        }

        return offset;
    }

    private static KerberosPrincipal ReadPrincipal(ref OctetReader reader)
    {
        var type = (NameType)reader.Int32("the name type");
        var start = reader.Position;
        var count = reader.UInt32("the number of name components");
        if (count == 0) throw new DamagedFileException(start, "a principal without components");
        var realm = ReadText(ref reader, "the realm");
        var components = new List<string>();
        for (uint i = 0; i < count; i++) components.Add(ReadText(ref reader, "a name component"));
        return new KerberosPrincipal(new PrincipalName(type, components), realm);
    }

    /// <summary>One entry; null where it is none of our tickets: a setting, a removed one, user-to-user, or of an enctype without code.</summary>
    private static ServiceTicket? ReadCredential(ref OctetReader reader, bool enctypeTwice)
    {
        var client = ReadPrincipal(ref reader);
        var server = ReadPrincipal(ref reader);
        var type = (EncryptionType)unchecked((short)reader.UInt16("the encryption type"));
        if (enctypeTwice) reader.UInt16("the encryption type");
        var keyStart = reader.Position;
        var key = ReadData(ref reader, "the session key");
        var authTime = reader.UInt32("the authentication time");
        var start = reader.UInt32("the start time");
        var end = reader.UInt32("the end time");
        var renewTill = reader.UInt32("the renewal time");
        var isUserToUser = reader.Octet("the is-skey flag") != 0;
        var flags = (TicketFlags)reader.UInt32("the ticket flags");
        SkipTypedList(ref reader, "an address");
        SkipTypedList(ref reader, "authorization data");
        var ticketStart = reader.Position;
        var encoded = ReadData(ref reader, "the ticket");
        ReadData(ref reader, "the second ticket");

        // MIT removes an entry in place: its end becomes zero.
        if (end == 0 || isUserToUser || s_settingRealms.Contains(server.Realm)) return null;
        if (!EncryptionProfile.TryFor(type, out var profile)) return null;
        if (key.Length != profile.KeyLength)
            throw new DamagedFileException(keyStart, $"a key of {type.ToMitName()} has {profile.KeyLength} octets, this one {key.Length}");

        var ticket = DecodeTicket(encoded, ticketStart);
        return new ServiceTicket(
            client,
            WithRealm(server, ticket),
            ticket,
            new TicketSessionKey(type, key),
            flags,
            FileTime.FromSeconds(authTime),
            FileTime.FromSeconds(start == 0 ? authTime : start),
            FileTime.FromSeconds(end),
            renewTill == 0 ? null : FileTime.FromSeconds(renewTill));
    }

    /// <summary>MIT files a ticket under the name as asked for, with an empty realm where the KDC was to find it.</summary>
    /// <remarks>The plaintext realm may stand in for it: MIT held it against the reply's sealed part before it stored the ticket.</remarks>
    private static KerberosPrincipal WithRealm(KerberosPrincipal server, Ticket ticket) =>
        server.Realm.Length == 0 ? new KerberosPrincipal(server.Name, ticket.Realm) : server;

    private static Ticket DecodeTicket(ReadOnlySpan<byte> encoded, int offset)
    {
        try
        {
            return Ticket.Decode(encoded.ToArray());
        }
        catch (DerException e)
        {
            throw new DamagedFileException(offset, $"a ticket is not well formed ({e.Message})", e);
        }
    }

    private static void SkipTypedList(ref OctetReader reader, string what)
    {
        var count = reader.UInt32(what);
        for (uint i = 0; i < count; i++)
        {
            reader.UInt16(what);
            ReadData(ref reader, what);
        }
    }

    private static string ReadText(ref OctetReader reader, string what) => reader.Text(reader.UInt32(what), what);

    private static ReadOnlySpan<byte> ReadData(ref OctetReader reader, string what) => reader.Octets(reader.UInt32(what), what);
}
