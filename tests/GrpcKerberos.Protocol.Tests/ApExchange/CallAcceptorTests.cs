using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>The nine rules of a portable session, by their numbers in protos/README.md.</summary>
public sealed class CallAcceptorTests
{
    private static readonly TimeSpan s_skew = AcceptorPolicy.DefaultClockSkew;

    [Theory]
    [MemberData(nameof(Lab.EncryptionTypes), MemberType = typeof(Lab))]
    public async Task Rule5_LaterCallByItsMicAlone_Runs(EncryptionType type)
    {
        var lab = new ReplicaLab(type);
        var birth = await lab.First.RunsAsync(lab.WithToken());
        Assert.NotNull(birth.ApRep);
        var later = await lab.First.RunsAsync(lab.Known());
        Assert.Null(later.ApRep);
        Assert.Same(birth.Session, later.Session);
        Assert.Equal(Lab.Client, later.Session!.Client.ToString());
        Assert.Equal(1, lab.First.Sessions.Count);
    }

    [Theory]
    [MemberData(nameof(Lab.EncryptionTypes), MemberType = typeof(Lab))]
    public async Task Rule1_EveryBitOfTheMicFlipped_MicInvalidAndTheSessionUnharmed(EncryptionType type)
    {
        var lab = new ReplicaLab(type);
        await lab.First.RunsAsync(lab.WithToken());
        var call = lab.Known();
        var mic = call.Proof.Mic.ToArray();
        for (var bit = 0; bit < mic.Length * 8; bit++)
        {
            mic[bit / 8] ^= (byte)(1 << (bit % 8));
            var judgement = await lab.First.JudgeAsync(new IncomingCall(default, call.Proof with { Mic = new Mic(mic) }, ReplicaLab.Method));
            Assert.Equal(ApRejection.MicInvalid, judgement.Refused!.Cause);
            mic[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        await lab.First.RunsAsync(call);
    }

    [Fact]
    public async Task Rule1_AnotherMethod_MicInvalid()
    {
        var lab = new ReplicaLab();
        await lab.First.RunsAsync(lab.WithToken());
        var call = lab.Known();
        await lab.First.RefusesAsync(ApRejection.MicInvalid, call, "/admin.Admin/DeleteAll");
        await lab.First.RunsAsync(call);
    }

    [Fact]
    public async Task Rule1_AnotherSessionOfTheSameClient_MicInvalid()
    {
        var lab = new ReplicaLab();
        var other = lab.NewClient();
        await lab.First.RunsAsync(lab.WithToken());
        await lab.First.RunsAsync(other.Prepare(ReplicaLab.Method, default));
        var call = lab.Known();
        var judgement = await lab.First.JudgeAsync(new IncomingCall(default, call.Proof with { Session = other.Id }, ReplicaLab.Method));
        Assert.Equal(ApRejection.MicInvalid, judgement.Refused!.Cause);
        await lab.First.RunsAsync(call);
    }

    [Fact]
    public async Task Rule1_TheAnswersOwnMicSentBack_MicInvalid()
    {
        var lab = new ReplicaLab();
        await lab.First.RunsAsync(lab.WithToken());
        var call = lab.Known();
        var answer = await lab.First.RunsAsync(call);
        var judgement = await lab.First.JudgeAsync(new IncomingCall(default, call.Proof with { Mic = answer.Mic }, ReplicaLab.Method));
        Assert.Equal(ApRejection.MicInvalid, judgement.Refused!.Cause);
    }

    [Fact]
    public async Task Rule1_TokenAddedOnTheWay_MicInvalid()
    {
        var lab = new ReplicaLab();
        var first = lab.WithToken();
        await lab.First.RunsAsync(first);
        var call = lab.Known();
        var judgement = await lab.First.JudgeAsync(new IncomingCall(first.Token!.Encoded, call.Proof, ReplicaLab.Method));
        Assert.Equal(ApRejection.MicInvalid, judgement.Refused!.Cause);
        await lab.First.RunsAsync(call);
    }

    [Fact]
    public async Task Rule2_SameNumberAgain_NumberRepeated()
    {
        var lab = new ReplicaLab();
        await lab.First.RunsAsync(lab.WithToken());
        var call = lab.Known();
        await lab.First.RunsAsync(call);
        Assert.Equal("REPEAT", (await lab.First.RefusesAsync(ApRejection.NumberRepeated, call)).Answer.Name);
        await lab.First.RefusesAsync(ApRejection.NumberRepeated, lab.WithToken(call.Number));
        await lab.First.RunsAsync(lab.Known());
    }

    [Fact]
    public async Task Rule2_CallBySixtyFourThreads_RunsOnce()
    {
        var lab = new ReplicaLab();
        await lab.First.RunsAsync(lab.WithToken());
        var call = lab.Known();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => lab.First.JudgeAsync(call))));
        Assert.Single(outcomes, static o => o.Accepted is not null);
        Assert.Equal(63, outcomes.Count(static o => o.Refused?.Cause == ApRejection.NumberRepeated));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rule3_CallOlderThanTheSkew_CallTimeSkew(bool isOlder)
    {
        var lab = new ReplicaLab();
        await lab.First.RunsAsync(lab.WithToken());
        var call = lab.Known();
        lab.Time.Advance(isOlder ? s_skew + TimeSpan.FromMilliseconds(1) : s_skew);
        if (isOlder) Assert.Equal("SKEW", (await lab.First.RefusesAsync(ApRejection.CallTimeSkew, call)).Answer.Name);
        else await lab.First.RunsAsync(call);
    }

    [Fact]
    public async Task Rule3_CallAheadOfTheSkew_CallTimeSkew()
    {
        var lab = new ReplicaLab();
        await lab.First.RunsAsync(lab.WithToken());
        await lab.First.RefusesAsync(ApRejection.CallTimeSkew, lab.Client.PrepareKnown(ReplicaLab.Method, s_skew + TimeSpan.FromSeconds(1)));
        await lab.First.RunsAsync(lab.Client.PrepareKnown(ReplicaLab.Method, s_skew - TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Rule4_NumberBelowTheWindow_NumberLate()
    {
        var lab = new ReplicaLab();
        await lab.First.RunsAsync(lab.WithToken());
        var (late, within) = (lab.Known(), lab.Known());
        lab.Time.Advance(TimeSpan.FromMinutes(1));
        // The numbers of these last two seconds do not reach back a minute.
        await lab.First.RunsAsync(lab.Known(number: within.Number + NumberWindow.BirthWidth - 3));
        lab.Time.Advance(TimeSpan.FromSeconds(10));
        await lab.First.RunsAsync(lab.Known(number: within.Number + NumberWindow.BirthWidth - 1));
        Assert.Equal("LATE", (await lab.First.RefusesAsync(ApRejection.NumberLate, late)).Answer.Name);
        await lab.First.RunsAsync(within);
    }

    [Fact]
    public async Task Rule6_NumberBelowTheFloorWithItsToken_Runs()
    {
        var lab = new ReplicaLab();
        var (first, second) = (lab.WithToken(), lab.WithToken());
        await lab.First.RunsAsync(second);
        await lab.First.RunsAsync(first);
        await lab.First.RefusesAsync(ApRejection.NumberRepeated, first);
    }

    [Fact]
    public async Task Rule6_SixtyFourFirstCallsInAnyOrder_AllRunInOneSession()
    {
        var lab = new ReplicaLab();
        var calls = Enumerable.Range(0, 64).Select(_ => lab.WithToken()).Reverse().ToList();
        var outcomes = await Task.WhenAll(calls.Select(c => Task.Run(() => lab.First.RunsAsync(c))));
        Assert.Single(outcomes.Select(static o => o.Session).Distinct());
        Assert.Equal(1, lab.First.Sessions.Count);
    }

    [Fact]
    public async Task Rule7_NumberBelowTheFloorWithoutToken_SessionUnknown()
    {
        var lab = new ReplicaLab();
        var before = lab.Known();
        await lab.First.RunsAsync(lab.WithToken());
        await lab.First.RefusesAsync(ApRejection.SessionUnknown, before);
        await lab.First.RunsAsync(lab.WithToken(before.Number));
    }

    [Fact]
    public async Task Rule8_UnknownSessionWithoutToken_SessionUnknownAndUnproved()
    {
        var lab = new ReplicaLab();
        var answer = (await lab.First.RefusesAsync(ApRejection.SessionUnknown, lab.Known())).Answer;
        Assert.Equal(("SESSION_UNKNOWN", null, true), (answer.Name, answer.KrbError, answer.Mic.IsEmpty));
        Assert.Equal(0, lab.First.Sessions.Count);
    }

    [Fact]
    public async Task Rule9_AuthenticatorNotLaterThanTheStart_BeforeStart()
    {
        var lab = new ReplicaLab();
        var early = lab.WithToken();
        var second = lab.Start();
        await second.RefusesAsync(ApRejection.BeforeStart, early);
        Assert.Equal(0, second.Sessions.Count);
        await second.RunsAsync(lab.WithToken(early.Number));
    }

    [Fact]
    public async Task Rule9_CallTakenTwiceByReplayOfItsToken_Refused()
    {
        var lab = new ReplicaLab();
        var call = lab.WithToken();
        await lab.First.RunsAsync(call);
        await lab.First.RefusesAsync(ApRejection.NumberRepeated, call);
    }

    [Fact]
    public async Task Number_2To64Less1_OutOfRangeAndTheSessionUnharmed()
    {
        var lab = new ReplicaLab();
        await lab.First.RunsAsync(lab.WithToken());
        await lab.First.RefusesAsync(ApRejection.NumberOutOfRange, lab.Known(number: ulong.MaxValue));
        await lab.First.RunsAsync(lab.Known());
    }

    [Fact]
    public async Task Number_2To64Less1WithAToken_OutOfRangeAndTheSessionUsable()
    {
        var lab = new ReplicaLab();
        await lab.First.RefusesAsync(ApRejection.NumberOutOfRange, lab.WithToken(ulong.MaxValue));
        await lab.First.RunsAsync(lab.WithToken());
    }

    [Fact]
    public async Task Ended_CallWithoutToken_SessionUnknownAndWithOneItsNumbersAreStillKnown()
    {
        var lab = new ReplicaLab();
        var session = (await lab.First.RunsAsync(lab.WithToken())).Session!;
        var ran = lab.Known();
        await lab.First.RunsAsync(ran);
        session.End();
        await lab.First.RefusesAsync(ApRejection.SessionUnknown, lab.Known());
        await lab.First.RefusesAsync(ApRejection.NumberRepeated, ran);
        await lab.First.RunsAsync(lab.WithToken());
        await lab.First.RefusesAsync(ApRejection.NumberRepeated, ran);
        Assert.Equal(1, lab.First.Sessions.Count);
    }

    [Fact]
    public async Task Lifetime_Over_SessionUnknownUntilItsTokenIsJudgedAnew()
    {
        var lab = new ReplicaLab(policy: new AcceptorPolicy { MaxSessionLifetime = TimeSpan.FromMinutes(10) });
        await lab.First.RunsAsync(lab.WithToken());
        lab.Time.Advance(TimeSpan.FromMinutes(10));
        await lab.First.RunsAsync(lab.Known());
        lab.Time.Advance(TimeSpan.FromMicroseconds(1));
        await lab.First.RefusesAsync(ApRejection.SessionUnknown, lab.Known());
        await lab.First.RunsAsync(lab.WithToken());
        await lab.First.RunsAsync(lab.Known());
    }

    [Fact]
    public async Task PrincipalEnded_TicketOfItsLogin_RefusedAndOfALaterLoginTaken()
    {
        var lab = new ReplicaLab();
        await lab.First.RunsAsync(lab.WithToken());
        var ran = lab.Known();
        await lab.First.RunsAsync(ran);
        Assert.Equal(1, lab.First.Sessions.End(lab.Client.Ticket.Client, new KerberosTime(lab.Time.GetUtcNow())));
        await lab.First.RefusesAsync(ApRejection.SessionUnknown, lab.Known());
        await lab.First.RefusesAsync(ApRejection.PrincipalEnded, lab.WithToken());
        // TICKET_EXPIRED would have the client send what ran once more, by another login.
        await lab.First.RefusesAsync(ApRejection.NumberRepeated, ran);
        await lab.First.RefusesAsync(ApRejection.NumberRepeated, lab.WithToken(ran.Number));
        await lab.First.RefusesAsync(ApRejection.NumberLate, lab.WithToken(ran.Number - NumberWindow.BirthWidth - 1));
        lab.Time.Advance(TimeSpan.FromSeconds(2));
        var again = lab.NewClient();
        await lab.First.RunsAsync(again.Prepare(ReplicaLab.Method, default));
    }
}
