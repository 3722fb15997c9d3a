using GrpcKerberos.Protocol.Sessions;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Sessions;

public sealed class SessionCachePressureTests
{
    [Fact]
    public void Add_Flood_LiveSessionsNeverForgotten()
    {
        var lab = new SessionLab(capacity: 64);
        var alice = lab.Added("alice");
        var bob = lab.Added("bob");
        for (var minute = 0; minute < 60; minute++)
        {
            for (var i = 0; i < 100; i++) lab.Add($"guest{minute}-{i}");
            Assert.True(lab.Has(alice));
            Assert.True(lab.Has(bob));
            Assert.InRange(lab.Cache.Count, 1, 64);
            lab.Pass(TimeSpan.FromMinutes(1));
            alice.Touch(lab.Now);
            if (minute % 10 == 9) Assert.Equal(NumberVerdict.Run, lab.Take(bob, 101 + (ulong)minute));
        }
    }

    [Fact]
    public void Add_StoreFullOfLive_RefusedUntilOneIsIdle()
    {
        var lab = new SessionLab(capacity: 16);
        var sessions = Enumerable.Range(0, 16).Select(i => lab.Added($"p{i}")).ToList();
        lab.Pass(2 * SessionLab.Skew);
        Assert.Equal(Admission.StoreFull, lab.Add("newcomer"));
        Assert.All(sessions, s => Assert.True(lab.Has(s)));
        lab.Pass(TimeSpan.FromMicroseconds(1));
        Assert.Equal(Admission.Added, lab.Add("newcomer"));
        Assert.Equal(15, sessions.Count(lab.Has));
    }

    [Fact]
    public void Add_StoreFull_LongestUnusedGoesFirst()
    {
        var lab = new SessionLab(capacity: 16);
        var sessions = new List<AcceptorSession>();
        for (var i = 0; i < 16; i++)
        {
            sessions.Add(lab.Added($"p{i}"));
            lab.Pass(TimeSpan.FromSeconds(1));
        }

        // Used in another order than born: 0 and 3 now, 2 before them.
        lab.Pass(TimeSpan.FromMinutes(5));
        sessions[2].Touch(lab.Now);
        lab.Pass(TimeSpan.FromSeconds(1));
        sessions[3].Touch(lab.Now);
        sessions[0].Touch(lab.Now);
        lab.Pass(SessionLab.Idle);
        var expected = new[] { 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 2 };
        foreach (var next in expected)
        {
            Assert.True(lab.Has(sessions[next]));
            lab.Added($"newcomer{next}");
            Assert.False(lab.Has(sessions[next]), $"{next} is next");
        }

        Assert.True(lab.Has(sessions[0]));
        Assert.True(lab.Has(sessions[3]));
    }

    [Fact]
    public void Add_LongestUnusedBehindSessionsOfOneThatLooksOlder_GoesFirst()
    {
        // Alice's first was used since, so her share looks older than it is; what she has left is younger than Bob's.
        var lab = new SessionLab(capacity: 16);
        var alice = new[] { lab.Added("alice"), lab.Added("alice") };
        lab.Pass(TimeSpan.FromSeconds(1));
        var bob = lab.Added("bob");
        lab.Pass(TimeSpan.FromSeconds(1));
        foreach (var session in alice) session.Touch(lab.Now);
        for (var i = 0; i < 13; i++) lab.Added($"p{i}");
        lab.Pass(SessionLab.Idle);
        lab.Added("newcomer");
        Assert.False(lab.Has(bob));
        Assert.All(alice, s => Assert.True(lab.Has(s)));
    }

    [Fact]
    public void Add_ShareUsedUp_OwnIdleGoesAndNobodyElses()
    {
        var lab = new SessionLab(capacity: 64);
        var bystanders = Enumerable.Range(0, 20).Select(i => lab.Added($"p{i}")).ToList();
        lab.Pass(TimeSpan.FromSeconds(1));
        var own = Enumerable.Range(0, 8).Select(_ => lab.Added("mallory")).ToList();
        Assert.Equal(Admission.ShareUsedUp, lab.Add("mallory"));
        lab.Pass(SessionLab.Idle);
        own[0].Touch(lab.Now);
        Assert.Equal((7, Admission.ShareUsedUp), lab.Flood("mallory"));
        Assert.True(lab.Has(own[0]));
        Assert.DoesNotContain(own[1..], lab.Has);
        Assert.All(bystanders, s => Assert.True(lab.Has(s)));
        Assert.Equal(28, lab.Cache.Count);
    }

    [Fact]
    public void Add_ShareUsedUp_OwnLongestUnusedGoesFirst()
    {
        var lab = new SessionLab(capacity: 32);
        var own = Enumerable.Range(0, 4).Select(_ => lab.Added("mallory")).ToList();
        foreach (var i in new[] { 2, 0, 3, 1 })
        {
            lab.Pass(TimeSpan.FromSeconds(1));
            own[i].Touch(lab.Now);
        }

        lab.Pass(SessionLab.Idle);
        foreach (var i in new[] { 2, 0, 3, 1 })
        {
            Assert.True(lab.Has(own[i]));
            lab.Added("mallory");
            Assert.False(lab.Has(own[i]), $"{i} is next");
        }
    }

    [Fact]
    public void Add_PlacesScarce_OthersIdleGoSinceThatRaisesTheLimit()
    {
        var lab = new SessionLab(capacity: 16);
        var idle = Enumerable.Range(0, 15).Select(i => lab.Added($"p{i}")).ToList();
        lab.Pass(SessionLab.Idle);
        lab.Added("alice");
        Assert.Equal(16, lab.Cache.Count);
        lab.Added("alice");
        Assert.Equal(13, idle.Count(lab.Has));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Add_HostilePrincipals_NeitherPushOthersOutNorKeepNewcomersOut(int hostile)
    {
        const int Capacity = 630;
        var lab = new SessionLab(Capacity);
        var honest = Enumerable.Range(0, 20).Select(i => lab.Added($"honest{i}")).ToList();
        lab.Pass(TimeSpan.FromMinutes(9));
        honest.ForEach(s => s.Touch(lab.Now));
        lab.Pass(TimeSpan.FromMinutes(9));
        for (var i = 0; i < hostile; i++) lab.Flood($"mallory{i}");
        Assert.All(honest, s => Assert.True(lab.Has(s)));
        var free = Capacity - lab.Cache.Count;
        Assert.InRange(free, 20, Capacity);
        for (var i = 0; i < free; i++) lab.Added($"newcomer{i}");
    }

    [Fact]
    public void Add_NoPressure_LongUnusedSweptTwoAtATime()
    {
        var lab = new SessionLab(capacity: 1000);
        for (var i = 0; i < 10; i++) lab.Added($"p{i}");
        lab.Pass(TimeSpan.FromHours(1));
        lab.Added("alice");
        Assert.Equal(11, lab.Cache.Count);
        lab.Pass(TimeSpan.FromMicroseconds(1));
        lab.Added("bob");
        Assert.Equal(10, lab.Cache.Count);
        for (var i = 0; i < 4; i++) lab.Added("bob");
        Assert.Equal(6, lab.Cache.Count);
        lab.Added("bob");
        Assert.Equal((7, 2), (lab.Cache.Count, lab.Cache.Clients));
    }

    [Fact]
    public void Add_EverybodyForgotten_SharesAreBackAtZero()
    {
        var lab = new SessionLab(capacity: 200);
        for (var day = 0; day < 5; day++)
        {
            for (var i = 0; i < 150; i++) lab.Add($"p{day}-{i % 40}");
            lab.Pass(TimeSpan.FromHours(2));
        }

        for (var i = 0; i < 200; i++) lab.Added($"last{i}");
        Assert.Equal((200, 200), (lab.Cache.Count, lab.Cache.Clients));
        lab.Pass(SessionLab.Idle);
        lab.Added("alice");
        lab.Pass(TimeSpan.FromHours(2));
        for (var i = 0; i < 110; i++) lab.Add("bob");
        Assert.Equal(1, lab.Cache.Clients);
        Assert.Equal(25, lab.Cache.Count);
    }

    [Fact]
    public void Take_WindowOfAForgottenSession_RunsNothing()
    {
        // A call found the session just before it was forgotten.
        var lab = new SessionLab(capacity: 1);
        var session = lab.Added("alice");
        lab.Take(session, 100);
        lab.Pass(SessionLab.Idle);
        lab.Added("bob");
        Assert.False(lab.Has(session));
        Assert.Equal(NumberVerdict.BelowFloor, lab.Take(session, 101));
    }

    [Fact]
    public async Task Take_RacingWithForgetting_RanMeansStillThere()
    {
        for (var round = 0; round < 200; round++)
        {
            var lab = new SessionLab(capacity: 1);
            var session = lab.Added("alice");
            lab.Pass(SessionLab.Idle);
            var outcomes = await Race.RunAsync(2, i => i == 0 ? lab.Take(session, 101) == NumberVerdict.Run : lab.Add("bob") == Admission.Added);
            Assert.NotEqual(outcomes[0], outcomes[1]);
            Assert.Equal(outcomes[0], lab.Has(session));
        }
    }

    [Fact]
    public void Add_RandomSchedules_NoneForgottenThatWasUsedWithinTwoSkews()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Seeded(seed);
            var capacity = 8 + random.Next(60);
            var lab = new SessionLab(capacity);
            var known = new List<AcceptorSession>();
            for (var step = 0; step < 400; step++)
            {
                lab.Pass(TimeSpan.FromSeconds(random.Next(40)));
                if (known.Count > 0 && random.Next(2) == 0) known[random.Next(known.Count)].Touch(lab.Now);
                var born = lab.Session($"p{random.Next(random.Next(1, 30))}");
                var unused = known.Where(s => s.LastUsed < lab.Now - (2 * SessionLab.Skew)).ToHashSet();
                var admission = lab.Add(born);
                Assert.All(known.Where(s => !lab.Has(s)), s => Assert.Contains(s, unused));
                var held = known.Count(s => s.Client.Equals(born.Client));
                if (admission == Admission.StoreFull) Assert.True(unused.Count == 0 || held >= capacity / 8);
                if (admission == Admission.ShareUsedUp) Assert.DoesNotContain(unused, s => s.Client.Equals(born.Client));
                if (admission == Admission.Added) known.Add(born);
                known.RemoveAll(s => !lab.Has(s));
                Assert.Equal(known.Count, lab.Cache.Count);
                Assert.Equal(known.Select(static s => s.Client).Distinct().Count(), lab.Cache.Clients);
            }
        }
    }
}
