using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Sessions;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>Sessions of one process: a token runs nothing, and nothing read on the way is worth anything elsewhere.</summary>
public sealed class ServerBoundTests
{
    private static readonly Connection s_inClear = new(Portability.Never, []);
    private static readonly Connection s_tls = new(Portability.OverTls, []);

    [Theory]
    [MemberData(nameof(Lab.EncryptionTypes), MemberType = typeof(Lab))]
    public async Task FirstCall_InClear_ProveThenRunsUnderTheServersSubkeyWithItsOwnNumber(EncryptionType type)
    {
        var lab = Bound(type);
        var first = lab.WithToken();
        var bound = await lab.First.ProvesAsync(first);
        Assert.NotEqual(lab.Client.Id, bound.Id);
        var accepted = await lab.First.RunsAsync(lab.Known(bound, first.Number));
        Assert.True(accepted.Session!.IsServerBound);
        await lab.First.RunsAsync(lab.Known(bound));
    }

    [Fact]
    public async Task FirstCalls_SixtyFourAtOnce_MeetInOneSessionAndAllRun()
    {
        var lab = Bound();
        var calls = Enumerable.Range(0, 64).Select(_ => lab.WithToken()).ToList();
        var bound = await Task.WhenAll(calls.AsEnumerable().Reverse().Select(c => Task.Run(() => lab.First.ProvesAsync(c))));
        Assert.Single(bound.Select(static b => b.Id).Distinct());
        foreach (var call in calls) await lab.First.RunsAsync(lab.Known(bound[0], call.Number));
        Assert.Equal(1, lab.First.Sessions.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadCall_ShownToAnotherProcess_RunsNothing(bool isRestart)
    {
        var lab = Bound();
        var first = lab.WithToken();
        var bound = await lab.First.ProvesAsync(first);
        var call = lab.Known(bound, first.Number);
        if (!isRestart) await lab.First.RunsAsync(call);
        var other = lab.Start();
        other.Connection = s_inClear;
        await other.RefusesAsync(ApRejection.SessionUnknown, call);
        // The token is the client's word still, and makes another session there, under which nothing was ever signed.
        var early = (await other.JudgeAsync(first)).Refused!;
        Assert.Equal(ApRejection.BeforeStart, early.Cause);
        var elsewhere = await other.ProvesAsync(lab.WithToken());
        Assert.NotEqual(bound.Id, elsewhere.Id);
        await other.RefusesAsync(ApRejection.SessionUnknown, call);
    }

    [Fact]
    public async Task KnownCall_ShownAgain_NumberRepeated()
    {
        var lab = Bound();
        var bound = await lab.First.ProvesAsync(lab.WithToken());
        var call = lab.Known(bound);
        await lab.First.RunsAsync(call);
        await lab.First.RefusesAsync(ApRejection.NumberRepeated, call);
    }

    [Fact]
    public async Task ServerForgets_CallComesAgainWithItsNumber_RunsThoughItsAuthenticatorIsNewer()
    {
        var lab = Bound();
        var bound = await lab.First.ProvesAsync(lab.WithToken());
        await lab.First.RunsAsync(lab.Known(bound));
        var restarted = lab.Start();
        restarted.Connection = s_inClear;
        var call = lab.Known(bound);
        await restarted.RefusesAsync(ApRejection.SessionUnknown, call);
        var again = await restarted.ProvesAsync(lab.WithToken(call.Number));
        await restarted.RunsAsync(lab.Known(again, call.Number));
    }

    [Fact]
    public async Task CallUnderK_InClear_RunsNothingThoughTheTokenWasGood()
    {
        var lab = Bound();
        var first = lab.WithToken();
        await lab.First.ProvesAsync(first);
        await lab.First.RefusesAsync(ApRejection.SessionUnknown, lab.Known());
        await lab.First.RefusesAsync(ApRejection.Replayed, first);
    }

    [Fact]
    public async Task Token_OfAClientInClear_IsNotPortableAtATlsPortEither()
    {
        var lab = new ReplicaLab();
        lab.First.Connection = s_tls;
        await lab.First.RunsAsync(lab.WithToken());
        var inClear = lab.NewClient(flags: ProofElement.SentInClear);
        await lab.First.RefusesAsync(ApRejection.ProofWanted, inClear.Prepare(ReplicaLab.Method, default));
        // An operator who says that the way between is safe is believed: a sidecar ends TLS.
        lab.First.Connection = Connection.Portable;
        await lab.First.RunsAsync(inClear.Prepare(ReplicaLab.Method, default));
    }

    [Fact]
    public async Task Token_ThatDemandsIt_IsServerBoundWhateverTheServerPrefers()
    {
        var lab = new ReplicaLab();
        await lab.First.RunsAsync(lab.WithToken());
        var demanding = lab.NewClient(flags: ProofElement.ServerBound);
        await lab.First.RefusesAsync(ApRejection.ProofWanted, demanding.Prepare(ReplicaLab.Method, default));
    }

    [Fact]
    public async Task PortableSession_OnAConnectionInClear_Unknown()
    {
        var lab = new ReplicaLab();
        lab.First.Connection = s_tls;
        await lab.First.RunsAsync(lab.WithToken());
        var call = lab.Known();
        lab.First.Connection = s_inClear;
        await lab.First.RefusesAsync(ApRejection.SessionUnknown, call);
        lab.First.Connection = s_tls;
        await lab.First.RunsAsync(call);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PortableCallThatRan_ItsNextTokenCarriedToThePortInClear_DoesNotRunAgain(bool isFirst)
    {
        var lab = new ReplicaLab();
        lab.First.Connection = s_tls;
        if (!isFirst) await lab.First.RunsAsync(lab.WithToken());
        var call = isFirst ? lab.WithToken() : lab.Known();
        await lab.First.RunsAsync(call);
        // Its answer was swallowed, and the client believes that its session is unknown.
        lab.First.Connection = s_inClear;
        var bound = await lab.First.ProvesAsync(lab.WithToken(call.Number));
        await lab.First.RefusesAsync(ApRejection.NumberRepeated, lab.Known(bound, call.Number));
        await lab.First.RunsAsync(lab.Known(bound));
    }

    [Fact]
    public async Task ServerBoundCallThatRan_ItsNextTokenCarriedToTheTlsPort_DoesNotRunAgain()
    {
        var lab = Bound();
        var first = lab.WithToken();
        var bound = await lab.First.ProvesAsync(first);
        await lab.First.RunsAsync(lab.Known(bound, first.Number));
        lab.First.Connection = s_tls;
        var again = lab.WithToken(first.Number);
        await lab.First.RefusesAsync(ApRejection.NumberRepeated, again);
        await lab.First.RunsAsync(lab.WithToken());
        // Nor the other way round, once both are known.
        var (portable, inBound) = (lab.Known(), lab.Known(bound));
        await lab.First.RunsAsync(portable);
        await lab.First.RunsAsync(inBound);
        await lab.First.RefusesAsync(ApRejection.NumberRepeated, lab.Known(bound, portable.Number));
        await lab.First.RefusesAsync(ApRejection.NumberRepeated, lab.Known(number: inBound.Number));
    }

    [Fact]
    public async Task NumberShownToBothSessionsOfOneKAtOnce_RunsOnceAtMost()
    {
        var lab = Bound();
        var bound = await lab.First.ProvesAsync(lab.WithToken());
        lab.First.Connection = s_tls;
        await lab.First.RunsAsync(lab.WithToken());
        for (var i = 0; i < 200; i++)
        {
            var portable = lab.Known();
            var both = await Task.WhenAll(Task.Run(() => lab.First.JudgeAsync(portable)), Task.Run(() => lab.First.JudgeAsync(lab.Known(bound, portable.Number))));
            Assert.True(both.Count(static j => j.Accepted is not null) <= 1);
        }
    }

    [Fact]
    public async Task Mic_WithTheInitiatorsFlags_MicInvalid()
    {
        var lab = Bound();
        var bound = await lab.First.ProvesAsync(lab.WithToken());
        var call = lab.Known(bound);
        var mic = call.Proof.Mic.ToArray();
        Assert.Equal((byte)MicFlags.AcceptorSubkey, mic[2]);
        mic[2] = (byte)MicFlags.None;
        var judgement = await lab.First.JudgeAsync(new IncomingCall(default, call.Proof with { Mic = new Mic(mic) }, ReplicaLab.Method));
        Assert.Equal(ApRejection.MicInvalid, judgement.Refused!.Cause);
        await lab.First.RunsAsync(call);
    }

    [Fact]
    public async Task TokenWithoutSubkey_GetsTheServersOwn()
    {
        var lab = new Lab();
        var call = lab.Template();
        call.SendTokenAlone();
        call.Authenticator = call.Authenticator with { Subkey = null };
        var accepted = await lab.AcceptsAsync(call.Build());
        Assert.True(accepted.IsServerBound);
        Assert.Null(accepted.ProofKeys);
        Assert.NotNull(accepted.ApRep);
    }

    [Fact]
    public async Task TokenWithoutSequenceNumber_IsServerBound()
    {
        Assert.False((await new Lab().AcceptsAsync()).IsServerBound);
        // Nothing would tell its calls before a restart from those after it.
        Assert.True((await new Lab().AcceptsAsync(c => c.Authenticator = c.Authenticator with { SequenceNumber = null })).IsServerBound);
    }

    [Fact]
    public async Task PreparedReply_NamingAnotherSession_IsNoSession()
    {
        var lab = Bound();
        var first = lab.WithToken();
        var answer = (await lab.First.RefusesAsync(ApRejection.ProofWanted, first)).Answer;
        Assert.True(first.IsRepliedBy(answer.ApRep, out var reply));
        Assert.Null(BoundSession.Of(lab.Client, reply!, lab.Client.Id));
        Assert.NotNull(BoundSession.Of(lab.Client, reply!, answer.Session!.Value));
    }

    private static ReplicaLab Bound(EncryptionType type = EncryptionType.Aes256CtsHmacSha1)
    {
        var lab = new ReplicaLab(type);
        lab.First.Connection = s_inClear;
        return lab;
    }
}
