using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Pac;

/// <summary>What a session keeps of a PAC: within its budget of 600 octets and 4 a group there is room for this beside keys and window.</summary>
[Collection(nameof(CallerDataMemoryTests))]
public sealed class CallerDataMemoryTests
{
    private const int Sessions = 256;

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(1001)]
    public void CallerData_OfManyGroups_TakesFourOctetsAGroup(int groups)
    {
        var lab = new PacLab();
        lab.Template.Logon!.Groups = [.. Enumerable.Range(0, groups).Select(static n => ((uint)n, TestLogonInfo.Enabled))];
        Assert.InRange(UsuallyKept(lab, groups), 4 * groups, 240 + (4 * groups));
    }

    /// <summary>Groups of a forest's domains come in whatever order the account was put into them.</summary>
    [Fact]
    public void CallerData_OfGroupsOfTwoDomainsMixed_TakesFourOctetsAGroup()
    {
        const int Groups = 1000;
        var lab = new PacLab();
        lab.Template.Logon!.Groups = [];
        lab.Template.Logon.ExtraSids = [.. Enumerable.Range(0, Groups).Select(static n => ($"S-1-5-21-1-2-{n % 2}-{n}", TestLogonInfo.Enabled))];
        Assert.InRange(UsuallyKept(lab, Groups), 4 * Groups, 340 + (4 * Groups));
    }

    /// <summary>The middle one of five: what other threads leave behind or give back meanwhile is counted with it.</summary>
    private static long UsuallyKept(PacLab lab, int groups) => Enumerable.Range(0, 5).Select(_ => Kept(lab, groups)).Order().ElementAt(2);

    private static long Kept(PacLab lab, int groups)
    {
        var ticket = lab.Issue();
        var pac = PacLab.PacOf(ticket);
        var data = new CallerData?[Sessions];
        data[0] = CallerData.Of(lab.Verify(pac, ticket), []);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 1; i < Sessions; i++) data[i] = CallerData.Of(lab.Verify(pac, ticket), []);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (Sessions - 1);
        Assert.Equal(groups, data[0]!.Groups.Count);
        GC.KeepAlive(data);
        return each;
    }
}

/// <summary>Nothing else may allocate while memory is counted.</summary>
[CollectionDefinition(nameof(CallerDataMemoryTests), DisableParallelization = true)]
public sealed class CallerDataMemoryAlone;
