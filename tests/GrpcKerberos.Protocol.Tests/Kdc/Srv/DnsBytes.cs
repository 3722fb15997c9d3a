using System.Buffers.Binary;
using System.Text;

namespace GrpcKerberos.Protocol.Tests.Kdc.Srv;

/// <summary>DNS replies, octet by octet (RFC 1035 section 4), right ones and wrong ones.</summary>
internal sealed class DnsBytes
{
    /// <summary>Points at the question's name.</summary>
    public static readonly byte[] Asked = [0xc0, 12];

    private readonly List<byte> _answers = [];
    private int _count;

    public int Flags { get; init; } = 0x8180;

    public static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(static l => Encoding.ASCII.GetBytes(l).Prepend((byte)l.Length)), 0];

    public DnsBytes Srv(string target, int port = 88, int priority = 0, int weight = 0, uint ttl = 600, byte[]? owner = null) =>
        Record(33, [.. UInt16(priority), .. UInt16(weight), .. UInt16(port), .. Name(target)], ttl, owner);

    public DnsBytes Alias(string owner, string target) => Record(5, Name(target), 600, Name(owner));

    public DnsBytes Record(int type, byte[] data, uint ttl = 600, byte[]? owner = null, int? length = null, int kind = 1)
    {
        _count++;
        var life = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(life, ttl);
        _answers.AddRange([.. owner ?? Asked, .. UInt16(type), .. UInt16(kind), .. life, .. UInt16(length ?? data.Length), .. data]);
        return this;
    }

    /// <summary>To that query: its identifier and its question come first.</summary>
    public byte[] To(ReadOnlySpan<byte> query, int? count = null) =>
        [.. query[..2], .. UInt16(Flags), 0, 1, .. UInt16(count ?? _count), 0, 0, 0, 0, .. query[12..], .. _answers];

    private static byte[] UInt16(int value) => [(byte)(value >> 8), (byte)value];
}
