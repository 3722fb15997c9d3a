using GrpcKerberos.Protocol.Sessions;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Sessions;

public sealed class SessionEndTests
{
    [Fact]
    public void End_Principal_ItsSessionsAndNoOthers()
    {
        var lab = new SessionLab();
        var alice = new[] { lab.Added("alice"), lab.Added("alice") };
        var bob = lab.Added("bob");
        Assert.All(alice, s => Assert.True(s.IsLive(lab.Now)));
        Assert.Equal(2, lab.Cache.End(SessionLab.Principal("alice"), lab.Now));
        Assert.All(alice, s => Assert.False(s.IsLive(lab.Now)));
        Assert.True(bob.IsLive(lab.Now));
        Assert.Equal(0, lab.Cache.End(SessionLab.Principal("alice"), lab.Now));
        Assert.Equal(0, lab.Cache.End(SessionLab.Principal("carol"), lab.Now));
    }

    [Theory]
    [InlineData(-3600, true)]
    [InlineData(0, true)]
    [InlineData(0.000001, false)]
    public void Add_AfterEnd_ByTheLoginsTime(double authTime, bool isRefused)
    {
        var lab = new SessionLab();
        Assert.Equal(Admission.Added, lab.Add(lab.Session(authTime: SessionLab.At(authTime))));
        lab.Cache.End(SessionLab.Principal("alice"), lab.Now);
        lab.Pass(TimeSpan.FromHours(3));
        Assert.Equal(isRefused ? Admission.PrincipalEnded : Admission.Added, lab.Add(lab.Session(authTime: SessionLab.At(authTime))));
        Assert.Equal(isRefused, lab.Cache.IsEnded(SessionLab.Principal("alice"), SessionLab.At(authTime)));
        Assert.Equal(Admission.Added, lab.Add(lab.Session("bob", authTime: SessionLab.At(authTime))));
    }

    [Fact]
    public void Add_IdOfASessionEndedWithItsPrincipal_PrincipalEndedNotExisting()
    {
        var lab = new SessionLab();
        var session = lab.Added();
        var again = lab.Session(id: 1);
        Assert.Equal(Admission.Existing, lab.Add(again));
        lab.Cache.End(session.Client, lab.Now);
        Assert.Equal(Admission.PrincipalEnded, lab.Add(again));
    }

    [Fact]
    public void End_EarlierMomentLater_TheLatestCounts()
    {
        var lab = new SessionLab();
        var alice = SessionLab.Principal("alice");
        lab.Cache.End(alice, SessionLab.At(100));
        lab.Cache.End(alice, SessionLab.At(50));
        Assert.True(lab.Cache.IsEnded(alice, SessionLab.At(100)));
        lab.Cache.End(alice, SessionLab.At(200));
        Assert.True(lab.Cache.IsEnded(alice, SessionLab.At(200)));
        Assert.False(lab.Cache.IsEnded(alice, SessionLab.At(201)));
    }

    [Fact]
    public async Task End_RacingWithBirths_NoneLive()
    {
        for (var round = 0; round < 30; round++)
        {
            var lab = new SessionLab(capacity: 1000);
            var outcomes = await Race.RunAsync(16, i =>
            {
                if (i == 0) lab.Cache.End(SessionLab.Principal("alice"), lab.Now);
                var session = lab.Session();
                return (session, Admission: i == 0 ? Admission.PrincipalEnded : lab.Add(session));
            });
            Assert.DoesNotContain(outcomes, o => o.Admission == Admission.Added && o.session.IsLive(lab.Now));
            Assert.All(outcomes, static o => Assert.Contains(o.Admission, new[] { Admission.Added, Admission.PrincipalEnded }));
        }
    }

    [Fact]
    public void Revive_PrincipalEndedSince_StaysEnded()
    {
        // Its token was judged before End and comes to the session after it.
        var lab = new SessionLab();
        var session = lab.Added();
        lab.Cache.End(session.Client, lab.Now);
        session.Revive(lab.Now + TimeSpan.FromHours(1), lab.Now);
        Assert.False(session.IsLive(lab.Now));
    }

    [Fact]
    public void Revive_EndedTwiceTheSecondTimeWithItsPrincipal_StaysEnded()
    {
        var lab = new SessionLab();
        var session = lab.Added();
        session.End();
        Assert.Equal(0, lab.Cache.End(session.Client, lab.Now));
        session.Revive(lab.Now + TimeSpan.FromHours(1), lab.Now);
        Assert.False(session.IsLive(lab.Now));
    }

    [Fact]
    public void Revive_LoginAfterTheEndOfItsPrincipal_Live()
    {
        var lab = new SessionLab();
        var session = lab.Added(authTime: lab.Now + TimeSpan.FromSeconds(1));
        Assert.Equal(1, lab.Cache.End(session.Client, lab.Now));
        Assert.False(session.IsLive(lab.Now));
        session.Revive(lab.Now + TimeSpan.FromHours(1), lab.Now);
        Assert.True(session.IsLive(lab.Now));
    }

    [Fact]
    public void EndWhere_KeyLeft_ItsSessionsOnly()
    {
        var lab = new SessionLab();
        var sessions = new[] { lab.Added(), lab.Added("bob"), lab.Added() };
        sessions[0].End();
        Assert.Equal(1, lab.Cache.EndWhere(s => s.Id.Equals(sessions[0].Id) || s.Id.Equals(sessions[1].Id)));
        Assert.Equal([false, false, true], sessions.Select(s => s.IsLive(lab.Now)));
    }

    [Fact]
    public void End_Session_StaysUntilIdle()
    {
        var lab = new SessionLab(capacity: 1);
        var session = lab.Added();
        session.End();
        Assert.False(session.IsLive(lab.Now));
        Assert.True(lab.Has(session));
        lab.Pass(2 * SessionLab.Skew);
        Assert.Equal(Admission.StoreFull, lab.Add("bob"));
        Assert.True(lab.Has(session));
        lab.Pass(TimeSpan.FromMicroseconds(1));
        lab.Added("bob");
        Assert.False(lab.Has(session));
    }

    [Fact]
    public void Revive_NumberRunBeforeTheEnd_Repeat()
    {
        var lab = new SessionLab();
        var session = lab.Added();
        Assert.Equal(NumberVerdict.Run, lab.Take(session, 105));
        session.End();
        lab.Pass(TimeSpan.FromMinutes(1));
        var ends = lab.Now + TimeSpan.FromHours(2);
        session.Revive(ends, lab.Now);
        Assert.True(session.IsLive(lab.Now));
        Assert.Equal(ends, session.Ends);
        Assert.Equal(lab.Now, session.LastUsed);
        Assert.Equal(NumberVerdict.Repeat, lab.Take(session, 105));
        Assert.Equal(NumberVerdict.Run, lab.Take(session, 106));
    }

    [Fact]
    public void Revive_PastItsEnd_Live()
    {
        var lab = new SessionLab();
        var session = lab.Added();
        lab.Pass(TimeSpan.FromHours(11));
        Assert.False(session.IsLive(lab.Now));
        session.Revive(lab.Now + TimeSpan.FromHours(1), lab.Now);
        Assert.True(session.IsLive(lab.Now));
    }

    [Fact]
    public async Task EndedToken_End_CancelledAndStreamsAreTold()
    {
        var session = new SessionLab().Added();
        var token = session.EndedToken;
        Assert.Equal(token, session.EndedToken);
        Assert.False(token.IsCancellationRequested);
        var told = new TaskCompletionSource();
        await using var registration = token.Register(told.SetResult);
        session.End();
        Assert.True(token.IsCancellationRequested);
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void End_SessionForgottenWhileAStreamHangsOnIt_StreamIsTold(bool byPrincipal)
    {
        var lab = new SessionLab(capacity: 1);
        var session = lab.Added();
        var stream = session.EndedToken;
        lab.Pass(SessionLab.Idle);
        lab.Added("bob");
        Assert.False(lab.Has(session));
        Assert.False(stream.IsCancellationRequested);
        var ended = byPrincipal ? lab.Cache.End(SessionLab.Principal("alice"), lab.Now) : lab.Cache.EndWhere(s => s.Client.Equals(SessionLab.Principal("alice")));
        Assert.Equal(1, ended);
        Assert.True(stream.IsCancellationRequested);
    }

    [Fact]
    public void End_SessionForgottenAfterItsStreams_NotKept()
    {
        var lab = new SessionLab(capacity: 8);
        for (var i = 0; i < 2000; i++)
        {
            Watch(lab, i);
            lab.Pass(SessionLab.Idle);
            if (i % 100 == 99) GC.Collect();
        }

        Assert.InRange(lab.Cache.Watched, 1, 400);

        static void Watch(SessionLab lab, int i) => Assert.True(lab.Added($"p{i}").EndedToken.CanBeCanceled);
    }

    [Fact]
    public void EndedToken_AskedAfterTheEnd_CancelledAtOnce()
    {
        var session = new SessionLab().Added();
        session.End();
        Assert.True(session.EndedToken.IsCancellationRequested);
    }

    [Fact]
    public void EndedToken_Revived_FreshOneAndTheOldStaysCancelled()
    {
        var lab = new SessionLab();
        var session = lab.Added();
        var old = session.EndedToken;
        session.End();
        session.Revive(lab.Now + TimeSpan.FromHours(1), lab.Now);
        Assert.True(old.IsCancellationRequested);
        Assert.False(session.EndedToken.IsCancellationRequested);
        session.End();
        Assert.True(session.EndedToken.IsCancellationRequested);
    }

    [Fact]
    public void EndedToken_RevivedWhileLive_SameOne()
    {
        var lab = new SessionLab();
        var session = lab.Added();
        var token = session.EndedToken;
        session.Revive(lab.Now + TimeSpan.FromHours(1), lab.Now);
        Assert.Equal(token, session.EndedToken);
    }

    [Fact]
    public void End_StreamThrowsWhenTold_TheOthersAreEndedAndNothingEscapes()
    {
        var lab = new SessionLab();
        var sessions = Enumerable.Range(0, 5).Select(_ => lab.Added()).ToList();
        foreach (var session in sessions) session.EndedToken.Register(static () => throw new InvalidOperationException("a stream's own fault"));
        Assert.Equal(5, lab.Cache.End(SessionLab.Principal("alice"), lab.Now));
        Assert.All(sessions, static s => Assert.True(s.EndedToken.IsCancellationRequested));
    }

    [Fact]
    public async Task EndedToken_RacingWithEndAndRevive_EveryTokenOfAnEndedLifeIsCancelled()
    {
        var lab = new SessionLab();
        var session = lab.Added();
        var tokens = await Race.RunAsync(12, i =>
        {
            var seen = new List<CancellationToken>();
            for (var n = 0; n < 500; n++)
            {
                if (i % 3 == 0) session.End();
                else if (i % 3 == 1) session.Revive(lab.Now + TimeSpan.FromHours(1), lab.Now);
                else seen.Add(session.EndedToken);
            }

            return seen;
        });
        session.End();
        Assert.All(tokens.SelectMany(static t => t), static t => Assert.True(t.IsCancellationRequested));
    }
}
