using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Protocol.Tests.Pac;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Sessions;

public sealed class SessionCacheTests
{
    [Fact]
    public void Add_New_FoundByItsId()
    {
        var lab = new SessionLab();
        var session = lab.Added();
        Assert.True(lab.Has(session));
        Assert.False(lab.Cache.TryFind(SessionLab.Id(999), out _));
        Assert.Equal(1, lab.Cache.Count);
    }

    [Fact]
    public void Add_IdIsThere_ExistingKeptWithItsWindow()
    {
        var lab = new SessionLab();
        var first = lab.Added();
        lab.Take(first, 101);
        var candidate = lab.Session(id: 1);
        Assert.Equal(first.Id, candidate.Id);
        Assert.Equal(Admission.Existing, lab.Cache.Add(candidate, lab.Now, out var kept));
        Assert.Same(first, kept);
        Assert.Equal(NumberVerdict.Repeat, lab.Take(kept, 101));
        Assert.Equal(1, lab.Cache.Count);
    }

    [Fact]
    public async Task Add_SixtyFourThreadsOneId_OneKeptAndLosersShareNothing()
    {
        for (var round = 0; round < 10; round++)
        {
            var lab = new SessionLab();
            var outcomes = await Race.RunAsync(64, _ =>
            {
                var candidate = lab.Session(id: 7);
                var admission = lab.Cache.Add(candidate, lab.Now, out var kept);
                return (candidate, admission, kept, Verdict: lab.Take(kept, 100));
            });
            var winner = Assert.Single(outcomes, static o => o.admission == Admission.Added);
            Assert.All(outcomes, o => Assert.Same(winner.candidate, o.kept));
            Assert.Equal(63, outcomes.Count(static o => o.admission == Admission.Existing));
            Assert.Single(outcomes, static o => o.Verdict == NumberVerdict.Run);
            Assert.Equal(64, outcomes.Select(static o => o.candidate.Window).Distinct().Count());
            Assert.Equal(1, lab.Cache.Count);
        }
    }

    [Fact]
    public void Add_SessionsOfOneClient_ShareOneCopyOfItsName()
    {
        var lab = new SessionLab();
        Assert.Same(lab.Added().Client, lab.Added().Client);
        Assert.Equal(SessionLab.Principal("alice"), lab.Added().Client);
    }

    [Fact]
    public void Add_SessionsOfOneClient_ShareOneCopyOfTheSameData()
    {
        var lab = new SessionLab();
        var (first, same, other) = (Data(), Data(), Data(static pac => pac.UserPrincipalName = "al@corp.example"));
        Assert.NotSame(first, same);

        var kept = new[] { first, same, other, same, null }.Select(data => Added(lab, "alice", data)).ToArray();

        Assert.Same(first, kept[1]);
        Assert.Same(other, kept[2]);
        Assert.Same(same, kept[3]);
        Assert.Null(kept[4]);
        Assert.NotSame(same, Added(lab, "bob", first));
    }

    [Fact]
    public void Add_DataThatDiffersInAnyPart_IsNotShared()
    {
        var lab = new SessionLab(capacity: 256);
        Action<TestPac>[] changes =
        [
            static pac => pac.UserPrincipalName = "Alice@corp.example",
            static pac => pac.Logon!.UserId++,
            static pac => pac.Logon!.PrimaryGroupId++,
            static pac => pac.Logon!.Groups = [(513, TestLogonInfo.Enabled), (1105, TestLogonInfo.Enabled)],
            static pac => pac.Logon!.Groups = [(513, TestLogonInfo.Enabled)],
            static pac => pac.Logon!.Domain = "S-1-5-21-1-2-3",
            static pac => pac.Logon!.ExtraSids = [("S-1-18-1", TestLogonInfo.Enabled)],
            static pac => pac.ActingServices = ["svc-web@CORP.EXAMPLE"],
        ];
        foreach (var change in changes)
        {
            Added(lab, "alice", Data());
            var changed = Data(change);
            Assert.Same(changed, Added(lab, "alice", changed));
        }

        var indicated = CallerData.Of(new PacLab().Verify(), ["otp"])!;
        Added(lab, "alice", Data());
        Assert.Same(indicated, Added(lab, "alice", indicated));
    }

    [Fact]
    public void Add_ByManyThreads_GivesEachSessionWhatItsTicketSaid()
    {
        var lab = new SessionLab(capacity: 1 << 14);
        var said = new[] { Data(), Data(static pac => pac.Logon!.Groups = [(513, TestLogonInfo.Enabled)]) };

        Parallel.For(0, 2000, i =>
        {
            var copy = i % 2 == 0 ? Data() : Data(static pac => pac.Logon!.Groups = [(513, TestLogonInfo.Enabled)]);
            Assert.True(said[i % 2].Same(Added(lab, "alice", copy)!));
        });
    }

    [Fact]
    public void Add_Birth_CountsAsUse()
    {
        var lab = new SessionLab();
        var session = lab.Session();
        lab.Pass(TimeSpan.FromSeconds(3));
        lab.Add(session);
        Assert.Equal(lab.Now, session.LastUsed);
    }

    [Fact]
    public void Add_IdIsThere_CountsAsUse()
    {
        var lab = new SessionLab(capacity: 1);
        var session = lab.Added();
        lab.Pass(SessionLab.Idle);
        Assert.Equal(Admission.Existing, lab.Cache.Add(lab.Session(id: 1), lab.Now, out var kept));
        Assert.Same(session, kept);
        Assert.Equal(lab.Now, session.LastUsed);
        Assert.Equal(Admission.StoreFull, lab.Add("bob"));
        Assert.True(lab.Has(session));
    }

    [Fact]
    public void Touch_EarlierTime_NeverMovesBack()
    {
        var lab = new SessionLab();
        var session = lab.Added();
        session.Touch(lab.Now + TimeSpan.FromSeconds(5));
        session.Touch(lab.Now);
        Assert.Equal(lab.Now + TimeSpan.FromSeconds(5), session.LastUsed);
    }

    [Theory]
    [InlineData(3600, 3600)]
    [InlineData(36_000, 36_000)]
    [InlineData(100_000, 36_000)]
    public void Ends_EarlierOfTicketAndLongestLife(int ticketSeconds, int endSeconds)
    {
        var session = new SessionLab().Session(ticketEnds: SessionLab.At(ticketSeconds));
        Assert.Equal(SessionLab.At(endSeconds), session.Ends);
        Assert.True(session.IsLive(SessionLab.At(endSeconds)));
        Assert.False(session.IsLive(SessionLab.At(endSeconds) + TimeSpan.FromMicroseconds(1)));
    }

    [Fact]
    public void Ends_TicketOfTenYears_TenHours()
    {
        var session = new SessionLab().Session(ticketEnds: SessionLab.At(315_360_000));
        Assert.Equal(SessionLab.At(36_000), session.Ends);
    }

    private static CallerData Data(Action<TestPac>? change = null)
    {
        var lab = new PacLab();
        change?.Invoke(lab.Template);
        return CallerData.Of(lab.Verify(), [])!;
    }

    private static CallerData? Added(SessionLab lab, string client, CallerData? data)
    {
        var session = lab.Session(client, data: data);
        Assert.Equal(Admission.Added, lab.Add(session));
        return session.Data;
    }
}
