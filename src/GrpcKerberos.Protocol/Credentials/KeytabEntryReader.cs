using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>One entry of a keytab; the layout stands at <see cref="KeytabFile"/>.</summary>
internal static class KeytabEntryReader
{
    /// <param name="entry">The octets of the entry and no others.</param>
    /// <param name="countsRealm">Version 1: the realm is one of the components counted, and no name type is stored.</param>
    public static KeytabEntry Read(OctetReader entry, bool countsRealm)
    {
        var principal = ReadPrincipal(ref entry, countsRealm);
        var timestamp = FileTime.FromSeconds(entry.UInt32("the timestamp"));
        uint keyVersion = entry.Octet("the key version");
        var type = (EncryptionType)unchecked((short)entry.UInt16("the encryption type"));
        var keyStart = entry.Position;
        var key = entry.Octets(entry.UInt16("the length of the key"), "the key");
        // Written by everyone since the 8 bits ran out; files that are older end here.
        if (entry.Left >= sizeof(uint) && entry.UInt32("the 32-bit key version") is var wide and not 0) keyVersion = wide;
        return new KeytabEntry(principal, keyVersion, type, MakeKey(type, key, keyStart), timestamp);
    }

    private static KerberosPrincipal ReadPrincipal(ref OctetReader entry, bool countsRealm)
    {
        var start = entry.Position;
        var count = unchecked((short)entry.UInt16("the number of name components")) - (countsRealm ? 1 : 0);
        if (count < 1) throw new DamagedFileException(start, $"a principal of {count} components");
        var realm = ReadText(ref entry, "the realm");
        var components = new List<string>();
        for (var i = 0; i < count; i++) components.Add(ReadText(ref entry, "a name component"));
        var type = countsRealm ? NameType.Unknown : (NameType)entry.Int32("the name type");
        return new KerberosPrincipal(new PrincipalName(type, components), realm);
    }

    private static string ReadText(ref OctetReader entry, string what) => entry.Text(entry.UInt16(what), what);

    private static LongTermKey? MakeKey(EncryptionType type, ReadOnlySpan<byte> key, int offset)
    {
        if (!EncryptionProfile.TryFor(type, out var profile)) return null;
        if (key.Length != profile.KeyLength)
            throw new DamagedFileException(offset, $"a key of {type.ToMitName()} has {profile.KeyLength} octets, this one {key.Length}");
        return new LongTermKey(type, key);
    }
}
