using GrpcKerberos.Protocol.Kdc.Srv;
using GrpcKerberos.Protocol.Tests.Credentials;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc.Srv;

/// <summary>DNS messages as anybody may send them.</summary>
public sealed class SrvReplyTests
{
    private const string Name = "_kerberos._tcp.corp.example";

    private readonly SrvQuery _query = SrvQuery.Of("_kerberos._tcp.CORP.EXAMPLE")!;

    /// <summary>The example of RFC 1035 section 4.1.2, for this name.</summary>
    [Fact]
    public void Encoded_Query_AsRfc1035HasIt()
    {
        Assert.Equal(
            Convert.ToHexString([(byte)(_query.Id >> 8), (byte)_query.Id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. DnsBytes.Name(Name), 0, 33, 0, 1]),
            Convert.ToHexString(_query.Encoded));
        Assert.True(Enumerable.Range(0, 20).Select(static _ => SrvQuery.Of(Name)!.Id).Distinct().Count() > 10);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("a-b.c_d.EXAMPLE")]
    public void Of_NameOfDns_Query(string realm) => Assert.NotNull(SrvQuery.Of("_kerberos._tcp." + realm));

    [Theory]
    [InlineData("")]
    [InlineData("A..B")]
    [InlineData("A.")]
    [InlineData("A B")]
    [InlineData("X500:/C=DE")]
    [InlineData("K\u00d6LN")]
    [InlineData("A\0")]
    [InlineData("A23456789012345678901234567890123456789012345678901234567890123X")]
    public void Of_RealmThatIsNoName_Null(string realm) => Assert.Null(SrvQuery.Of("_kerberos._tcp." + realm));

    [Fact]
    public void Of_NameOver253_Null()
    {
        var label = new string('a', 60);
        Assert.NotNull(SrvQuery.Of($"{label}.{label}.{label}.{label}.{new string('b', 9)}"));
        Assert.Null(SrvQuery.Of($"{label}.{label}.{label}.{label}.{new string('b', 10)}"));
    }

    /// <summary>Each record's owner points at the one before: thousands of them would be millions of steps.</summary>
    [Theory]
    [InlineData(100, true)]
    [InlineData(200, false)]
    public void Decode_PointersToPointers_NoMoreThanANameHasLabels(int count, bool isRead)
    {
        var (answer, at) = (new DnsBytes(), 12);
        for (var i = 0; i < count; i++)
        {
            answer.Record(16, [], owner: [(byte)(0xc0 | (at >> 8)), (byte)at]);
            at = i == 0 ? 12 + DnsBytes.Name(Name).Length + 4 : at + 12;
        }

        var message = answer.To(_query.Encoded);

        if (isRead) Assert.Empty(SrvReply.Decode(message, _query)!.Records);
        else Assert.Equal("a name has too many pointers", Assert.Throws<DnsFormatException>(() => SrvReply.Decode(message, _query)).Message);
    }

    [Fact]
    public void Decode_TwoRecordsAndOthers_Both()
    {
        var reply = Decode(new DnsBytes()
            .Record(46, [1, 2, 3])
            .Srv("DC1.Corp.Example", 88, 10, 60, 300)
            .Record(33, [1, 2, 3], kind: 3)
            .Srv("dc2.corp.example", 1088, 20, 0, 0x8000_0000)
            .Srv("other", owner: DnsBytes.Name("_ldap._tcp.corp.example")))!;

        Assert.Equal(0, reply.Code);
        Assert.Equal([new SrvRecord(10, 60, 88, "dc1.corp.example", TimeSpan.FromSeconds(300)), new SrvRecord(20, 0, 1088, "dc2.corp.example", TimeSpan.Zero)], reply.Records);
    }

    [Fact]
    public void Decode_Compressed_NamesWhole()
    {
        // corp.example stands at 12 + 10 + 5 in the question.
        var reply = Decode(new DnsBytes().Record(33, [0, 0, 0, 0, 0, 88, 3, (byte)'d', (byte)'c', (byte)'1', 0xc0, 27]))!;

        Assert.Equal("dc1.corp.example", Assert.Single(reply.Records).Target);
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(9, 0)]
    public void Decode_AliasOfAlias_FollowedEightTimes(int aliases, int found)
    {
        var bytes = new DnsBytes().Alias(Name, "a1");
        for (var i = 1; i < aliases; i++) bytes.Alias($"a{i}", $"a{i + 1}");

        Assert.Equal(found, Decode(bytes.Srv("dc1", owner: DnsBytes.Name($"a{aliases}")))!.Records.Count);
    }

    [Fact]
    public void Decode_AliasesInACircle_NoRecords() =>
        Assert.Empty(Decode(new DnsBytes().Alias(Name, "b").Alias("b", Name).Srv("dc1", owner: DnsBytes.Name("c")))!.Records);

    [Fact]
    public void Decode_AnswerToSomethingElse_Null()
    {
        var good = new DnsBytes().Srv("dc1").To(_query.Encoded);
        Assert.NotNull(SrvReply.Decode(good, _query));

        Assert.Null(SrvReply.Decode(Changed(good, 0), _query)); // another identifier
        Assert.Null(SrvReply.Decode(Changed(good, 1), _query));
        Assert.Null(SrvReply.Decode(new DnsBytes { Flags = 0x0180 }.Srv("dc1").To(_query.Encoded), _query)); // a query
        Assert.Null(SrvReply.Decode(new DnsBytes { Flags = 0xa980 }.Srv("dc1").To(_query.Encoded), _query)); // an update's answer
        Assert.Null(SrvReply.Decode(Changed(good, 5), _query)); // no question
        Assert.Null(SrvReply.Decode(Changed(good, 13), _query)); // of another name
        Assert.Null(SrvReply.Decode(Changed(good, _query.Encoded.Length - 3), _query)); // of another type
        Assert.Null(SrvReply.Decode(Changed(good, _query.Encoded.Length - 1), _query)); // of another class
        Assert.Null(SrvReply.Decode(good.AsSpan(0, 11), _query));
    }

    [Theory]
    [InlineData("c0 0c", "a pointer does not lead back")] // to itself, where the test puts it
    [InlineData("c0 ff", "a pointer does not lead back")] // forward
    [InlineData("ff ff", "a pointer does not lead back")]
    [InlineData("40 00", "a label is of no known kind")]
    [InlineData("80 00", "a label is of no known kind")]
    [InlineData("3f 41", "it ends too early")]
    [InlineData("c0", "it ends too early")]
    [InlineData("", "it ends too early")]
    public void Name_ThatGoesInACircleOrNowhere_IsRefused(string name, string reason)
    {
        byte[] message = [.. new byte[12], .. Convert.FromHexString(name.Replace(" ", "", StringComparison.Ordinal))];

        Assert.Equal(reason, Assert.Throws<DnsFormatException>(() => ReadName(message, 12)).Message);
    }

    [Fact]
    public void Name_PointersInACircle_IsRefused()
    {
        // a at 0, then a pointer from 2 to 0: each reads the other for ever.
        byte[] message = [1, (byte)'a', 0xc0, 0];
        Assert.Equal("a pointer does not lead back", Assert.Throws<DnsFormatException>(() => ReadName(message, 0)).Message);
        Assert.Equal("a pointer does not lead back", Assert.Throws<DnsFormatException>(() => ReadName(message, 2)).Message);
    }

    [Fact]
    public void Name_Over255Octets_IsRefused()
    {
        byte[] Long(int last) => [.. Enumerable.Repeat<byte[]>([49, .. new byte[49]], 5).SelectMany(static l => l), (byte)last, .. new byte[last], 0];
        ReadName(Long(3), 0);
        Assert.Equal("a name is too long", Assert.Throws<DnsFormatException>(() => ReadName(Long(4), 0)).Message);
    }

    [Fact]
    public void Decode_RecordLongerOrShorterThanItSays_IsRefused()
    {
        byte[] data = [0, 0, 0, 0, 0, 88, 1, (byte)'a', 0];
        Assert.Single(Decode(new DnsBytes().Record(33, data).Srv("b").To(_query.Encoded, 1))!.Records);
        foreach (var length in (int[])[8, 10, 0, 0xffff])
            Assert.Throws<DnsFormatException>(() => Decode(new DnsBytes().Record(33, data, length: length).Srv("b").To(_query.Encoded, 1)));
        Assert.Throws<DnsFormatException>(() => Decode(new DnsBytes().Srv("a").To(_query.Encoded, 0xffff)));
    }

    [Fact]
    public void Decode_AnyOctets_AreReadOrRefused()
    {
        var good = new DnsBytes().Alias(Name, "a1").Srv("dc1.corp.example", owner: DnsBytes.Name("a1")).Record(41, [1, 2, 3, 4]).To(_query.Encoded);
        void Read(byte[] message)
        {
            try
            {
                SrvReply.Decode(message, _query);
            }
            catch (DnsFormatException)
            {
                throw new KerberosException(KerberosError.KdcUnreachable, "Next: ");
            }
        }

        Assert.True(HostileFile.RefusedPrefixes(good, KerberosError.KdcUnreachable, Read) > 50);
        Assert.True(HostileFile.RefusedChanges(good, KerberosError.KdcUnreachable, Read) > 100);
        Assert.True(HostileFile.RefusedLengths(good, KerberosError.KdcUnreachable, Read) > 50);
    }

    private static byte[] Changed(byte[] message, int at)
    {
        var changed = (byte[])message.Clone();
        changed[at] ^= 1;
        return changed;
    }

    private static string ReadName(byte[] message, int at)
    {
        var reader = new DnsReader(message);
        reader.Octets(at);
        return reader.Name();
    }

    private SrvReply? Decode(DnsBytes answer) => Decode(answer.To(_query.Encoded));

    private SrvReply? Decode(byte[] message) => SrvReply.Decode(message, _query);
}
