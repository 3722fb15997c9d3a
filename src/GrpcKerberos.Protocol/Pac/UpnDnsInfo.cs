using System.Buffers.Binary;

namespace GrpcKerberos.Protocol.Pac;

/// <summary>
/// The account's user principal name, and in KDCs of today its SID.
/// <code>
/// UPN_DNS_INFO   UpnLength, UpnOffset, DnsDomainNameLength, DnsDomainNameOffset u16, Flags u32,        -- MS-PAC 2.10
///                with flag S: SamNameLength, SamNameOffset, SidLength, SidOffset u16     -- offsets from its own start
/// </code>
/// </summary>
internal readonly record struct UpnDnsInfo(string? UserPrincipalName, Sid Account)
{
    private const int HeaderLength = 12;
    private const int ExtendedLength = 20;
    private const uint HasSamNameAndSid = 2;

    public static UpnDnsInfo Read(ReadOnlySpan<byte> element)
    {
        if (element.Length < HeaderLength) throw PacException.Malformed("UPN_DNS_INFO is truncated");
        var name = Utf16.Read(Part(element, 0), "the name of UPN_DNS_INFO");
        Part(element, 4);
        Sid sid = default;
        if ((BinaryPrimitives.ReadUInt32LittleEndian(element[8..]) & HasSamNameAndSid) != 0)
        {
            if (element.Length < ExtendedLength) throw PacException.Malformed("UPN_DNS_INFO is truncated");
            Part(element, 12);
            sid = Sid.Read(Part(element, 16));
        }

        return new UpnDnsInfo(name.Length > 0 ? name : null, sid);
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> element, int header)
    {
        var (length, offset) = (BinaryPrimitives.ReadUInt16LittleEndian(element[header..]), BinaryPrimitives.ReadUInt16LittleEndian(element[(header + 2)..]));
        return offset + length <= element.Length ? element.Slice(offset, length) : throw PacException.Malformed("UPN_DNS_INFO reaches beyond its end");
    }
}
