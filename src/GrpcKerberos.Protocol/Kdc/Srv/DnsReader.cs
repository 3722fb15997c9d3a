using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace GrpcKerberos.Protocol.Kdc.Srv;

/// <summary>Walks a DNS message (RFC 1035 section 4). Whoever sent it may be anybody: each step is held against what is there.</summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    /// <summary>RFC 1035 section 2.3.4, the last length octet included.</summary>
    private const int MaxNameLength = 255;

    /// <summary>As many as a name can have labels: none that was compressed has more.</summary>
    private const int MaxPointers = 127;

    private const int PointerMark = 0xc0;

    private readonly ReadOnlySpan<byte> _message = message;

    public int Position { get; private set; }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Octets(sizeof(ushort)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Octets(sizeof(uint)));

    public ReadOnlySpan<byte> Octets(int count)
    {
        if (count > _message.Length - Position) throw new DnsFormatException("it ends too early");
        var octets = _message.Slice(Position, count);
        Position += count;
        return octets;
    }

    /// <summary>A name in lower case, without the dot at the end; octets that no host name has as \DDD.</summary>
    /// <remarks>A pointer must lead to before the part it ends, so that no chain of them is a circle (RFC 1035 section 4.1.4: "a prior occurrence").</remarks>
    public string Name()
    {
        var name = new StringBuilder();
        var (at, before, length) = (Position, Position, 1);
        var pointers = 0;
        int? resume = null;
        while (true)
        {
            var count = OctetAt(at);
            switch (count & PointerMark)
            {
                case PointerMark:
                    var target = ((count & ~PointerMark) << 8) | OctetAt(at + 1);
                    if (target >= before) throw new DnsFormatException("a pointer does not lead back");
                    if (++pointers > MaxPointers) throw new DnsFormatException("a name has too many pointers");
                    resume ??= at + 2;
                    at = before = target;
                    break;
                case 0 when count == 0:
                    Position = resume ?? at + 1;
                    return name.ToString();
                case 0:
                    length += 1 + count;
                    if (length > MaxNameLength) throw new DnsFormatException("a name is too long");
                    if (at + 1 + count > _message.Length) throw new DnsFormatException("it ends too early");
                    if (name.Length > 0) name.Append('.');
                    foreach (var octet in _message.Slice(at + 1, count)) Append(name, octet);
                    at += 1 + count;
                    break;
                default:
                    throw new DnsFormatException("a label is of no known kind");
            }
        }
    }

    private readonly int OctetAt(int at) => at < _message.Length ? _message[at] : throw new DnsFormatException("it ends too early");

    private static void Append(StringBuilder name, byte octet)
    {
        var c = (char)octet;
        if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_') name.Append(char.ToLowerInvariant(c));
        else name.Append(CultureInfo.InvariantCulture, $"\\{octet:D3}");
    }
}
