using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>
/// The octets of a keytab file, as MIT krb5 documents them.
/// <code>
/// file  ::= 0x05 version (1: the writer's byte order, taken as little-endian; 2: big-endian) { record }
/// record::= int32 length; positive: an entry; negative: a hole of that many octets; zero: the end
/// entry ::= uint16 components (version 1 counts the realm) realm { component } [uint32 name-type, version 2]
///           uint32 timestamp, uint8 kvno, uint16 enctype, uint16 length, key [uint32 kvno, which wins unless 0]
/// </code>
/// </summary>
internal static class KeytabFile
{
    private const byte FirstOctet = 5;
    private const byte NativeOrder = 1;
    private const byte BigEndianOrder = 2;

    /// <summary>Reads a whole keytab. <paramref name="source"/> begins the message: <c>Keytab /etc/krb5.keytab</c>.</summary>
    /// <exception cref="KerberosException"><see cref="KerberosError.KeytabUnusable"/>: the octets are no keytab.</exception>
    public static Keytab Read(ReadOnlySpan<byte> file, string source = "The keytab")
    {
        var entries = new List<KeytabEntry>();
        try
        {
            ReadRecords(file, entries);
            return new Keytab(entries);
        }
        catch (DamagedFileException e)
        {
            foreach (var entry in entries) entry.Key?.Dispose();
            throw new KerberosException(
                KerberosError.KeytabUnusable, $"{source} is damaged at octet {e.Offset}: {e.Message}. Next: export it again.", e);
        }
    }

    /// <summary>Writes version 0x0502.</summary>
    /// <exception cref="ArgumentException">An entry has no key to write.</exception>
    public static byte[] Write(Keytab keytab)
    {
        var writer = new OctetWriter();
        writer.Octet(FirstOctet);
        writer.Octet(BigEndianOrder);
        foreach (var entry in keytab.Entries) writer.Measured(w => WriteEntry(w, entry));
        return writer.Finish();
    }

    private static void ReadRecords(ReadOnlySpan<byte> file, List<KeytabEntry> entries)
    {
        var header = new OctetReader(file);
        var first = header.Octet("the version");
        var version = header.Octet("the version");
        if (first != FirstOctet || version is not (NativeOrder or BigEndianOrder))
            throw new DamagedFileException(0, "it begins with neither 0x0501 nor 0x0502, so it is no keytab");

        var reader = new OctetReader(file, littleEndian: version == NativeOrder);
        reader.Octets(header.Position, "the version");
        while (reader.HasData)
        {
            long length = reader.Int32("the length of a record");
            if (length == 0) return;
            if (length < 0) reader.Octets(-length, "a hole");
            else entries.Add(KeytabEntryReader.Read(reader.Part(length, "an entry"), countsRealm: version == NativeOrder));
        }
    }

    private static void WriteEntry(OctetWriter writer, KeytabEntry entry)
    {
        var key = entry.Key ?? throw new ArgumentException($"The {entry.Type.ToMitName()} key of {entry.Principal} was never read. Next: leave the entry out.", nameof(entry));
        writer.UInt16(entry.Principal.Components.Count);
        writer.ShortText(entry.Principal.Realm);
        foreach (var component in entry.Principal.Components) writer.ShortText(component);
        writer.UInt32((uint)entry.Principal.Name.Type);
        writer.UInt32(FileTime.ToSeconds(entry.Timestamp));
        writer.Octet(unchecked((byte)entry.KeyVersion));
        writer.UInt16((int)entry.Type);
        writer.UInt16(key.Bytes.Length);
        writer.Octets(key.Bytes);
        writer.UInt32(entry.KeyVersion);
    }
}
