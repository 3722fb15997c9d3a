using System.Formats.Asn1;
using System.Net;
using System.Net.Sockets;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// <code>
/// HostAddress ::= SEQUENCE {            -- RFC 4120 section 5.2.5
///     addr-type [0] Int32,
///     address   [1] OCTET STRING }
/// </code>
/// </summary>
internal sealed record HostAddress(int Type, ReadOnlyMemory<byte> Address)
{
    private const int IPv4 = 2;
    private const int IPv6 = 24;

    public static HostAddress From(IPAddress address) =>
        new(address.AddressFamily == AddressFamily.InterNetwork ? IPv4 : IPv6, address.GetAddressBytes());

    public static HostAddress Decode(DerReader element)
    {
        var sequence = element.Sequence();
        element.End();
        var type = sequence.ReadInt32(0);
        var address = sequence.ReadOctetString(1);
        sequence.End();
        return new HostAddress(type, address);
    }

    /// <summary>Whether this names the host at <paramref name="address"/>; an IPv4 address seen through an IPv6 socket is that IPv4 address.</summary>
    public bool Matches(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var other = From(plain);
        return other.Type == Type && other.Address.Span.SequenceEqual(Address.Span);
    }

    public static void Write(AsnWriter writer, HostAddress address)
    {
        using (writer.PushSequence())
        {
            writer.Int32(0, address.Type);
            writer.OctetString(1, address.Address.Span);
        }
    }
}
