using System.Buffers.Binary;
using System.Text;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Testing.Tickets;

/// <summary>A PAC as a KDC of Active Directory puts it into a ticket for a service, each part open to change before it is signed.</summary>
internal sealed class TestPac
{
    private const uint Server = 6;
    private const uint Kdc = 7;
    private const uint TicketChecksum = 16;
    private const uint Full = 19;

    /// <summary>Null: no LOGON_INFO, as MIT krb5.</summary>
    public TestLogonInfo? Logon { get; set; } = new();

    /// <summary>The name in CLIENT_INFO where it shall not be the ticket's.</summary>
    public string? ClientName { get; set; }

    /// <summary>The time in CLIENT_INFO where it shall not be the ticket's.</summary>
    public KerberosTime? AuthTime { get; set; }

    /// <summary>Null: no UPN_DNS_INFO.</summary>
    public string? UserPrincipalName { get; set; } = "alice@corp.example";

    /// <summary>The domain's DNS name in UPN_DNS_INFO.</summary>
    public string DnsDomain { get; set; } = "CORP";

    /// <summary>The account's SAM name in UPN_DNS_INFO, where <see cref="NamedSid"/> is too.</summary>
    public string AccountName { get; set; } = "alice";

    /// <summary>In UPN_DNS_INFO with flag S; null: without the flag.</summary>
    public string? NamedSid { get; set; }

    /// <summary>REQUESTOR; null: none.</summary>
    public string? RequestorSid { get; set; }

    /// <summary>DELEGATION_INFO's S4UTransitedServices; null: none.</summary>
    public IReadOnlyList<string>? ActingServices { get; set; }

    /// <summary>The key of krbtgt.</summary>
    public LongTermKey KdcKey { get; set; } = LongTermKey.Generate(EncryptionType.Aes256CtsHmacSha1);

    /// <summary>More elements, or fewer; those of signatures hold their type and zeros yet.</summary>
    public Action<List<(uint Type, byte[] Data)>> ChangeElements { get; set; } = static _ => { };

    /// <summary>The type in the server's signature where it shall not be its key's.</summary>
    public ChecksumType? ServerChecksumType { get; set; }

    /// <summary>Whether the full signature, 19, is made; else it stays as <see cref="ChangeElements"/> leaves it.</summary>
    public bool SignsFully { get; set; } = true;

    /// <summary>What is done to the PAC once it is signed.</summary>
    public Func<byte[], byte[]> ChangeSigned { get; set; } = static pac => pac;

    /// <summary>Elements behind each other, each at a multiple of 8.</summary>
    public static byte[] Lay(IReadOnlyList<(uint Type, byte[] Data)> elements)
    {
        var at = 8 + (16 * elements.Count);
        var pac = new byte[at + elements.Sum(static e => Padded(e.Data.Length))];
        BinaryPrimitives.WriteInt32LittleEndian(pac, elements.Count);
        for (var i = 0; i < elements.Count; i++)
        {
            var header = pac.AsSpan(8 + (16 * i));
            BinaryPrimitives.WriteUInt32LittleEndian(header, elements[i].Type);
            BinaryPrimitives.WriteInt32LittleEndian(header[4..], elements[i].Data.Length);
            BinaryPrimitives.WriteInt64LittleEndian(header[8..], at);
            elements[i].Data.CopyTo(pac.AsSpan(at));
            at += Padded(elements[i].Data.Length);
        }

        return pac;
    }

    /// <summary>Where the data of an element begins.</summary>
    public static int OffsetOf(ReadOnlySpan<byte> pac, uint type)
    {
        for (var i = 0; i < BinaryPrimitives.ReadInt32LittleEndian(pac); i++)
        {
            var header = pac[(8 + (16 * i))..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) == type) return (int)BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        }

        return -1;
    }

    /// <summary>The ticket with this PAC in it, first of its authorization data.</summary>
    public EncTicketPart PutInto(EncTicketPart ticket, LongTermKey serverKey)
    {
        EncTicketPart With(ReadOnlyMemory<byte> data) => ticket with
        {
            AuthorizationData = [AuthorizationData.IfRelevant(new AuthorizationData(AuthorizationDataType.Win2kPac, data)), .. ticket.AuthorizationData ?? []],
        };

        return With(Build(ticket, serverKey, With(new byte[1]).Encode()));
    }

    /// <param name="ticket">Whose client and authtime go into CLIENT_INFO.</param>
    /// <param name="serverKey">The service's.</param>
    /// <param name="signedTicket">What the ticket's signature covers.</param>
    public byte[] Build(EncTicketPart ticket, LongTermKey serverKey, byte[] signedTicket)
    {
        var elements = Elements(ticket);
        elements.Add((Server, Signature(serverKey, ServerChecksumType)));
        foreach (var type in new[] { Kdc, TicketChecksum, Full }) elements.Add((type, Signature(KdcKey)));
        ChangeElements(elements);
        var pac = Lay(elements);
        Sign(pac, TicketChecksum, KdcKey, signedTicket);
        if (SignsFully) Sign(pac, Full, KdcKey, (byte[])pac.Clone());
        var server = Sign(pac, Server, serverKey, (byte[])pac.Clone());
        Sign(pac, Kdc, KdcKey, server);
        return ChangeSigned(pac);
    }

    private static byte[] Sign(byte[] pac, uint type, LongTermKey key, byte[] data)
    {
        var signature = key.MakeChecksum(KeyUsage.PacSignature, data);
        if (OffsetOf(pac, type) is >= 0 and var at) signature.CopyTo(pac, at + 4);
        return signature;
    }

    private static byte[] Signature(LongTermKey key, ChecksumType? type = null)
    {
        var element = new byte[4 + key.MakeChecksum(KeyUsage.PacSignature, []).Length];
        BinaryPrimitives.WriteInt32LittleEndian(element, (int)(type ?? key.ChecksumType));
        return element;
    }

    private static int Padded(int length) => (length + 7) & ~7;

    private List<(uint Type, byte[] Data)> Elements(EncTicketPart ticket)
    {
        var elements = new List<(uint Type, byte[] Data)>();
        if (Logon is not null) elements.Add((1, Logon.Encode()));
        elements.Add((10, ClientInfo(AuthTime ?? ticket.AuthTime, ClientName ?? string.Join('/', ticket.Client.Components))));
        if (UserPrincipalName is not null) elements.Add((12, UpnDnsInfo(UserPrincipalName)));
        if (ActingServices is not null) elements.Add((11, DelegationInfo(ActingServices)));
        if (RequestorSid is not null) elements.Add((18, TestLogonInfo.SidOctets(RequestorSid)));
        return elements;
    }

    private static byte[] ClientInfo(KerberosTime time, string name)
    {
        var element = new byte[10 + (2 * name.Length)];
        BinaryPrimitives.WriteInt64LittleEndian(element, time.WholeSeconds.ToFileTime());
        BinaryPrimitives.WriteUInt16LittleEndian(element.AsSpan(8), (ushort)(2 * name.Length));
        Encoding.Unicode.GetBytes(name, element.AsSpan(10));
        return element;
    }

    private static byte[] DelegationInfo(IReadOnlyList<string> services)
    {
        const string Target = "HTTP/orders";
        var writer = new NdrWriter().String(Target).UInt32((uint)services.Count).Pointer(services.Count > 0).Characters(Target);
        if (services.Count > 0) writer.UInt32((uint)services.Count);
        foreach (var service in services) writer.String(service);
        foreach (var service in services) writer.Characters(service);
        return writer.ToArray();
    }

    private byte[] UpnDnsInfo(string name)
    {
        byte[][] parts = [Encoding.Unicode.GetBytes(name), Encoding.Unicode.GetBytes(DnsDomain)];
        if (NamedSid is not null) parts = [.. parts, Encoding.Unicode.GetBytes(AccountName), TestLogonInfo.SidOctets(NamedSid)];
        var at = NamedSid is null ? 16 : 24;
        var element = new byte[at + parts.Sum(static p => p.Length)];
        for (var i = 0; i < parts.Length; i++)
        {
            var header = element.AsSpan(i < 2 ? 4 * i : 4 + (4 * i));
            BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)parts[i].Length);
            BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)at);
            parts[i].CopyTo(element, at);
            at += parts[i].Length;
        }

        element[8] = (byte)(NamedSid is null ? 0 : 2);
        return element;
    }
}
