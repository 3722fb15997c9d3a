using System.Buffers.Binary;
using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Pac;

public sealed class LogonInfoTests
{
    private const string Domain = TestLogonInfo.DefaultDomain;
    private const string Resources = "S-1-5-21-7-8-9";

    [Fact]
    public void Read_ExtraSidsAndResourceGroups_Count()
    {
        var info = Read(static i => Fill(i));
        Assert.Equal([Domain + "-513", Domain + "-1104", "S-1-18-1", "S-1-5-21-4-5-6-700", "S-1-5-21-4-5-6-701", Resources + "-2000"], info.Groups.ToTexts());
    }

    [Theory]
    [InlineData(0x0u, false, false)]
    [InlineData(0x20u, true, false)]
    [InlineData(0x200u, false, true)]
    public void Read_UserFlags_SayWhatCounts(uint flags, bool extra, bool resources)
    {
        var groups = Read(i =>
        {
            Fill(i);
            i.UserFlags = flags;
        }).Groups;
        Assert.True(Sid.TryParse("S-1-18-1", out var asserted));
        Assert.True(Sid.TryParse(Resources + "-2000", out var resource));
        Assert.Equal((extra, resources), (groups.Contains(asserted), groups.Contains(resource)));
    }

    [Theory]
    [InlineData(7u, true)]
    [InlineData(4u, true)]
    [InlineData(0x2000_0007u, true)]
    [InlineData(3u, false)]
    [InlineData(0u, false)]
    [InlineData(0x10u, false)]
    [InlineData(0x17u, false)]
    public void Read_GroupAttributes_OnlyEnabledGroupsCount(uint attributes, bool counts)
    {
        var texts = Read(i =>
        {
            Fill(i);
            i.Groups = [(513, 7), (1104, attributes), (1105, 7)];
            i.ExtraSids = [("S-1-18-1", attributes)];
            i.ResourceGroups = [(2000, attributes)];
        }).Groups.ToTexts();
        Assert.Equal(counts ? [Domain + "-513", Domain + "-1104", Domain + "-1105", "S-1-18-1", Resources + "-2000"] : [Domain + "-513", Domain + "-1105"], texts);
    }

    [Fact]
    public void Read_UserIdZero_FirstExtraSidIsTheAccount()
    {
        var info = Read(static i =>
        {
            i.UserId = 0;
            i.ExtraSids = [("S-1-5-21-4-5-6-700", 7), ("S-1-18-1", 7)];
        });
        Assert.Equal("S-1-5-21-4-5-6-700", info.User.ToString());
        Assert.DoesNotContain("S-1-5-21-4-5-6-700", info.Groups.ToTexts());
        Assert.Contains("S-1-18-1", info.Groups.ToTexts());
    }

    [Fact]
    public void Read_UserIdZeroAndNobodyElse_Malformed() => Refuses(static i => i.UserId = 0);

    [Fact]
    public void Read_NoDomain_Malformed() => Refuses(static i => i.Domain = null);

    [Fact]
    public void Read_ResourceGroupsOfNoDomain_Malformed() => Refuses(static i => i.ResourceGroups = [(2000, 7)]);

    /// <summary>Names whose characters end within four octets shift everything behind them.</summary>
    [Theory]
    [InlineData("a", "b")]
    [InlineData("ab", "cde")]
    [InlineData("", "")]
    public void Read_1001Groups_NamesOfAnyLength(string account, string domain)
    {
        var info = Read(i =>
        {
            (i.Names[0], i.Names[7]) = (account, domain);
            i.Groups = [.. Enumerable.Range(0, 1001).Select(static n => ((uint)(1000 + n), 7u))];
        });
        Assert.Equal(Enumerable.Range(1000, 1001).Select(static n => $"{Domain}-{n}"), info.Groups.ToTexts());
        Assert.True(Sid.TryParse(Domain + "-2000", out var last));
        Assert.True(Sid.TryParse(Domain + "-2001", out var none));
        Assert.Equal((true, false), (info.Groups.Contains(last), info.Groups.Contains(none)));
    }

    [Fact]
    public void Read_EveryPrefix_Malformed()
    {
        var element = Rich();
        for (var length = 0; length < element.Length - 8; length++) Assert.Equal(PacFault.Malformed, PacLab.FaultOf(() => LogonInfo.Read(element.AsSpan(0, length))));
    }

    /// <summary>Every length, count and pointer made hostile: one exception type, and memory in proportion to what came.</summary>
    [Fact]
    public void Read_EveryWordHostile_OneExceptionAndLittleMemory()
    {
        var element = Rich();
        LogonInfo.Read(element);
        for (var at = 0; at + 4 <= element.Length; at += 2)
        {
            foreach (var word in new uint[] { 0, 1, 0x7FFF_FFFF, 0x8000_0000, 0x0FFF_FFFF, 0x2000_0001, 0xFFFF_FFFF, (uint)element.Length })
            {
                var hostile = (byte[])element.Clone();
                BinaryPrimitives.WriteUInt32LittleEndian(hostile.AsSpan(at), word);
                var before = GC.GetAllocatedBytesForCurrentThread();
                PacLab.FaultOf(() => LogonInfo.Read(hostile));
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * element.Length + 4096);
            }
        }
    }

    [Fact]
    public void Read_CountsApart_Malformed()
    {
        foreach (var count in new uint[] { 1, 3, 0x1000_0000, 0xFFFF_FFFF })
        {
            var element = new TestLogonInfo().Encode();
            // GroupCount: behind the headers and the top pointer, six times, six names, two counters, two identifiers.
            var at = 16 + 4 + 48 + 48 + 4 + 8;
            Assert.Equal(2u, BinaryPrimitives.ReadUInt32LittleEndian(element.AsSpan(at)));
            BinaryPrimitives.WriteUInt32LittleEndian(element.AsSpan(at), count);
            Assert.Equal(PacFault.Malformed, PacLab.FaultOf(() => LogonInfo.Read(element)));
        }
    }

    /// <summary>Two counts that agree, and no groups for them: nothing is allocated for what is not there.</summary>
    [Theory]
    [InlineData(78u)]
    [InlineData(0x0FFF_FFFFu)]
    [InlineData(0x2000_004Du)]
    [InlineData(0xFFFF_FFFFu)]
    public void Read_BothCountsHostile_MalformedAndLittleMemory(uint count)
    {
        var element = new TestLogonInfo { Groups = [.. Enumerable.Range(0, 77).Select(static _ => (513u, 7u))] }.Encode();
        LogonInfo.Read(element);
        var places = Enumerable.Range(0, element.Length / 4).Select(static n => 4 * n).Where(n => BinaryPrimitives.ReadUInt32LittleEndian(element.AsSpan(n)) == 77).ToList();
        Assert.Equal(2, places.Count);
        foreach (var at in places) BinaryPrimitives.WriteUInt32LittleEndian(element.AsSpan(at), count);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(PacFault.Malformed, PacLab.FaultOf(() => LogonInfo.Read(element)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (16 * element.Length) + 4096);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 0)]
    [InlineData(2, 16)]
    public void Read_OtherNdrHeader_Malformed(int at, byte value)
    {
        var element = new TestLogonInfo().Encode();
        LogonInfo.Read(element);
        element[at] = value;
        Assert.Equal(PacFault.Malformed, PacLab.FaultOf(() => LogonInfo.Read(element)));
    }

    private static void Fill(TestLogonInfo info)
    {
        info.ExtraSids = [("S-1-18-1", 7), ("S-1-5-21-4-5-6-700", 7), ("S-1-5-21-4-5-6-701", 7)];
        info.ResourceDomain = Resources;
        info.ResourceGroups = [(2000, 0x2000_0007)];
    }

    private static byte[] Rich()
    {
        var info = new TestLogonInfo();
        Fill(info);
        return info.Encode();
    }

    private static LogonInfo Read(Action<TestLogonInfo> change)
    {
        var info = new TestLogonInfo();
        change(info);
        return LogonInfo.Read(info.Encode());
    }

    private static void Refuses(Action<TestLogonInfo> change)
    {
        Read(static _ => { });
        Assert.Equal(PacFault.Malformed, PacLab.FaultOf(() => Read(change)));
    }
}
