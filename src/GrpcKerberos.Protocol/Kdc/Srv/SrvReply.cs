using System.Buffers.Binary;

namespace GrpcKerberos.Protocol.Kdc.Srv;

/// <summary>What a name server said to a question of ours.</summary>
/// <param name="Code">RCODE: 0, 3 for no such name, anything else a failure.</param>
/// <param name="IsTruncated">The whole comes by TCP.</param>
/// <param name="Records">Those of the name asked for, or of the one it is an alias of.</param>
internal sealed record SrvReply(int Code, bool IsTruncated, IReadOnlyList<SrvRecord> Records)
{
    public const int NoError = 0;
    public const int NoSuchName = 3;

    private const ushort AliasType = 5;
    private const int MaxAliases = 8;
    private const int HeaderLength = 12;

    // Of the second word of the header.
    private const int ResponseBit = 0x8000;
    private const int OpcodeBits = 0x7800;
    private const int TruncatedBit = 0x0200;
    private const int CodeBits = 0x000f;

    /// <summary>TTLs are of 31 bits (RFC 2181 section 8); one with the high bit counts as zero.</summary>
    private const uint MaxLife = 0x7fff_ffff;

    /// <summary>Null where the message answers something else, or nothing: one that is forged, or late.</summary>
    /// <exception cref="DnsFormatException">It answers us and cannot be read.</exception>
    public static SrvReply? Decode(ReadOnlySpan<byte> message, SrvQuery query)
    {
        if (message.Length < HeaderLength) return null;
        var flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        var isOurs = BinaryPrimitives.ReadUInt16BigEndian(message) == query.Id && (flags & ResponseBit) != 0 && (flags & OpcodeBits) == 0;
        if (!isOurs) return null;
        var reader = new DnsReader(message);
        reader.Octets(4);
        var (questions, answers) = (reader.UInt16(), reader.UInt16());
        reader.Octets(HeaderLength - reader.Position);
        if (questions != 1 || reader.Name() != query.Name || reader.UInt16() != SrvQuery.SrvType || reader.UInt16() != SrvQuery.InternetClass) return null;
        var isTruncated = (flags & TruncatedBit) != 0;
        // The end of a truncated one is missing wherever it happened to be cut.
        return new SrvReply(flags & CodeBits, isTruncated, isTruncated ? [] : ReadAnswers(ref reader, answers, query.Name));
    }

    private static List<SrvRecord> ReadAnswers(ref DnsReader reader, int count, string name)
    {
        var aliases = new Dictionary<string, string>(StringComparer.Ordinal);
        var records = new List<(string Owner, SrvRecord Record)>();
        for (var i = 0; i < count; i++)
        {
            var owner = reader.Name();
            var (type, kind, life) = (reader.UInt16(), reader.UInt16(), reader.UInt32());
            var length = reader.UInt16();
            var end = reader.Position + length;
            if (kind == SrvQuery.InternetClass && type == AliasType) aliases.TryAdd(owner, reader.Name());
            else if (kind == SrvQuery.InternetClass && type == SrvQuery.SrvType) records.Add((owner, ReadRecord(ref reader, life)));
            else reader.Octets(length);
            if (reader.Position != end) throw new DnsFormatException("a record is not as long as it says");
        }

        for (var i = 0; i < MaxAliases && aliases.TryGetValue(name, out var other); i++) name = other;
        return [.. records.Where(r => r.Owner == name).Select(static r => r.Record)];
    }

    private static SrvRecord ReadRecord(ref DnsReader reader, uint life) =>
        new(reader.UInt16(), reader.UInt16(), reader.UInt16(), reader.Name(), TimeSpan.FromSeconds(life > MaxLife ? 0 : life));
}
