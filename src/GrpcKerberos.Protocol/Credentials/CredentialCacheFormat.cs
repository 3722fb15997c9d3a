namespace GrpcKerberos.Protocol.Credentials;

/// <summary>
/// The octets of a FILE ccache, big-endian, as MIT krb5 documents them.
/// <code>
/// file       ::= 0x05 version (3 or 4) [header, version 4] default-principal { credential }
/// header     ::= uint16 length { uint16 tag, uint16 length, value }   tag 1: int32 seconds, int32 microseconds, KDC less host
/// principal  ::= uint32 name-type, uint32 components, realm { component }
/// credential ::= client server keyblock uint32 authtime starttime endtime renew-till, uint8 is-skey, uint32 flags
///                addresses authdata ticket second-ticket
/// keyblock   ::= uint16 enctype [uint16 enctype again, version 3] data
/// addresses, authdata ::= uint32 count { uint16 type, data }
/// data, realm, component, ticket ::= uint32 length, octets
/// </code>
/// </summary>
internal static class CredentialCacheFormat
{
    public const byte FirstOctet = 5;
    public const byte Version3 = 3;
    public const byte Version4 = 4;
    public const ushort TimeOffsetTag = 1;
    public const ushort TimeOffsetLength = 8;

    /// <exception cref="KerberosException"><see cref="KerberosError.NoCredentials"/>: the octets are no ccache. <paramref name="source"/> begins the message.</exception>
    public static CredentialCache Read(ReadOnlySpan<byte> file, string source = "The credential cache")
    {
        // kinit would write over it.
        if (file is [FirstOctet, 1 or 2, ..])
            throw new KerberosException(KerberosError.NoCredentials, $"{source} begins as a keytab does, and no ccache of today. Next: where it is one set Keytab; else run kinit, which writes it anew.");

        var tickets = new List<ServiceTicket>();
        try
        {
            return CredentialCacheReader.Read(file, tickets);
        }
        catch (DamagedFileException e)
        {
            foreach (var ticket in tickets) ticket.SessionKey.Dispose();
            throw new KerberosException(
                KerberosError.NoCredentials, $"{source} is damaged at octet {e.Offset}: {e.Message}. Next: run kinit, which writes it anew.", e);
        }
    }

    /// <summary>Writes version 4.</summary>
    public static byte[] Write(CredentialCache cache)
    {
        var writer = new OctetWriter();
        WriteHeader(writer, cache.KdcOffset);
        WritePrincipal(writer, cache.Owner);
        foreach (var ticket in cache.Tickets) WriteCredential(writer, ticket);
        return writer.Finish();
    }

    private static void WriteHeader(OctetWriter writer, TimeSpan offset)
    {
        writer.Octet(FirstOctet);
        writer.Octet(Version4);
        writer.UInt16(sizeof(ushort) + sizeof(ushort) + TimeOffsetLength);
        writer.UInt16(TimeOffsetTag);
        writer.UInt16(TimeOffsetLength);
        var seconds = (int)(offset.Ticks / TimeSpan.TicksPerSecond);
        writer.UInt32(unchecked((uint)seconds));
        writer.UInt32(unchecked((uint)(int)(offset.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond)));
    }

    private static void WritePrincipal(OctetWriter writer, KerberosPrincipal principal)
    {
        writer.UInt32((uint)principal.Name.Type);
        writer.UInt32((uint)principal.Components.Count);
        writer.LongText(principal.Realm);
        foreach (var component in principal.Components) writer.LongText(component);
    }

    private static void WriteCredential(OctetWriter writer, ServiceTicket ticket)
    {
        WritePrincipal(writer, ticket.Client);
        WritePrincipal(writer, ticket.Service);
        writer.UInt16((int)ticket.SessionKey.Type);
        writer.LongOctets(ticket.SessionKey.Bytes);
        writer.UInt32(FileTime.ToSeconds(ticket.AuthTime));
        writer.UInt32(FileTime.ToSeconds(ticket.Starts));
        writer.UInt32(FileTime.ToSeconds(ticket.Ends));
        writer.UInt32(ticket.RenewTill is { } renewTill ? FileTime.ToSeconds(renewTill) : 0);
        writer.Octet(0);
        writer.UInt32((uint)ticket.Flags);
        writer.UInt32(0);
        writer.UInt32(0);
        writer.LongOctets(ticket.Ticket.Encoded.Span);
        writer.UInt32(0);
    }
}
