using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

public sealed class FreshApReqTests
{
    [Fact]
    public async Task Claim_SameCallTwice_Replayed()
    {
        var lab = new Lab();
        var call = lab.Call();
        await lab.AcceptsAsync(call);
        Assert.Equal(ApRejection.Replayed, (await lab.RefusalAsync(call)).Cause);
    }

    [Theory]
    [MemberData(nameof(Lab.EncryptionTypes), MemberType = typeof(Lab))]
    public async Task Claim_OneCallFrom64Threads_ExactlyOneAccepted(EncryptionType type)
    {
        var lab = new Lab(type);
        var call = lab.Call();
        using var together = new Barrier(64);
        var outcomes = new ApRejection?[64];
        var threads = Enumerable.Range(0, 64).Select(i => new Thread(() =>
        {
            together.SignalAndWait();
            var step = lab.JudgeAsync(call);
            Assert.True(step.IsCompleted);
            outcomes[i] = step.Result.Passed(out _, out var refusal) ? null : refusal.Cause;
        })).ToList();
        threads.ForEach(static t => t.Start());
        await Task.Run(() => threads.ForEach(static t => t.Join()));
        Assert.Single(outcomes, static o => o is null);
        Assert.Equal(63, outcomes.Count(static o => o == ApRejection.Replayed));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(301)]
    [InlineData(599)]
    [InlineData(600)]
    public async Task Claim_FutureAuthenticatorAgainWithinItsLife_Replayed(int secondsLater)
    {
        var lab = new Lab();
        var ahead = new KerberosTime(lab.Time.GetUtcNow()) + TimeSpan.FromMinutes(5);
        var call = lab.Call(c => { c.Authenticator = c.Authenticator with { ClientTime = ahead }; c.Time = ahead; });
        await lab.AcceptsAsync(call);
        lab.Time.Advance(TimeSpan.FromSeconds(secondsLater));
        Assert.Equal(ApRejection.Replayed, (await lab.RefusalAsync(call)).Cause);
    }

    [Fact]
    public async Task Claim_FutureAuthenticatorAfterItsLife_ClockSkew()
    {
        var lab = new Lab();
        var ahead = new KerberosTime(lab.Time.GetUtcNow()) + TimeSpan.FromMinutes(5);
        var call = lab.Call(c => { c.Authenticator = c.Authenticator with { ClientTime = ahead }; c.Time = ahead; });
        await lab.AcceptsAsync(call);
        lab.Time.Advance(TimeSpan.FromSeconds(601));
        Assert.Equal(ApRejection.ClockSkew, (await lab.RefusalAsync(call)).Cause);
    }

    [Theory]
    [InlineData(0, nameof(ApRejection.Replayed))]
    [InlineData(1, nameof(ApRejection.ClockSkew))]
    public async Task Claim_AgainInItsLastMomentAndCacheTakesTime_Refused(int microseconds, string cause)
    {
        var cache = new SlowCache();
        var lab = new Lab(replayCache: cache);
        cache.Inner = new MemoryReplayCache(lab.Time);
        var sent = new KerberosTime(lab.Time.GetUtcNow());
        var call = lab.Call(c => { c.Authenticator = c.Authenticator with { ClientTime = sent }; c.Time = sent; });
        await lab.AcceptsAsync(call);
        lab.Time.Advance(AcceptorPolicy.DefaultClockSkew);
        cache.Asked = () => lab.Time.Advance(TimeSpan.FromMicroseconds(microseconds));
        Assert.Equal(cause, (await lab.RefusalAsync(call)).Cause.ToString());
    }

    [Fact]
    public async Task Claim_UnprotectedFieldsChangedOneByOne_StillReplayed()
    {
        var lab = new Lab(policy: new AcceptorPolicy { UnsafeCallsOnTokenAlone = true });
        var template = lab.Template();
        template.SendTokenAlone();
        var call = template.Build();
        await lab.AcceptsAsync(call);
        var message = ApReq.Decode(call.Token);
        var ticket = message.Ticket;
        var alias = Lab.Principal(Lab.Alias);
        foreach (var changed in new[]
        {
            message with { Options = ApOptions.None },
            message with { Ticket = new Ticket(alias.Realm, alias.Name, ticket.EncPart) },
            message with { Ticket = new Ticket("EVIL.TEST", ticket.ServiceName, ticket.EncPart) },
            message with { Ticket = new Ticket(ticket.Realm, ticket.ServiceName, ticket.EncPart with { KeyVersion = null }) },
            message with { Ticket = new Ticket(ticket.Realm, ticket.ServiceName, ticket.EncPart with { KeyVersion = 1 }) },
            message with { Authenticator = message.Authenticator with { KeyVersion = 9 } },
        })
        {
            Assert.Equal(ApRejection.Replayed, (await lab.RefusalAsync(call with { Token = changed.Encode() })).Cause);
        }
    }

    [Fact]
    public async Task Claim_TwoClientsWithOneNumberAndTime_BothAccepted()
    {
        var lab = new Lab();
        await lab.AcceptsAsync();
        await lab.AcceptsAsync(c => { c.ChangeTicket(t => t.Client = Lab.Principal("bob@TEST.LOCAL")); c.Authenticator = c.Authenticator with { Client = Lab.Principal("bob@TEST.LOCAL") }; });
    }

    [Fact]
    public async Task Claim_ClientsWithoutNumbers_EachAccepted()
    {
        var lab = new Lab();
        await lab.AcceptsAsync(c => c.Authenticator = c.Authenticator with { SequenceNumber = null });
        await lab.AcceptsAsync(c => c.Authenticator = c.Authenticator with { SequenceNumber = null });
    }

    [Fact]
    public async Task Claim_CallRefusedBefore_BurnsNothing()
    {
        var lab = new Lab();
        var call = lab.Call();
        await lab.RefusalAsync(call with { Proof = call.Proof!.Value with { Mic = new Mic(new byte[40]) } });
        await lab.AcceptsAsync(call);
    }

    [Fact]
    public async Task Claim_CacheFull_ReplayCacheFullAndNothingForgotten()
    {
        var lab = new Lab();
        var cache = new MemoryReplayCache(lab.Time, capacity: 64);
        lab = new Lab(replayCache: cache);
        var first = lab.Call();
        await lab.AcceptsAsync(first);
        await lab.AcceptsAsync();
        for (var i = (byte)cache.Count; i < 64; i++) Assert.True(await cache.TryAddAsync(new ReplayKey([i, 1, 2]), lab.Time.GetUtcNow(), default));
        var refusal = await lab.RefusalAsync(lab.Call());
        Assert.Equal(ApRejection.ReplayCacheFull, refusal.Cause);
        Assert.DoesNotContain(Lab.Client, refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(ApRejection.Replayed, (await lab.RefusalAsync(first)).Cause);
    }

    [Fact]
    public async Task Claim_ShareOfOneClientUsedUp_ThatClientRefusedAndNoOther()
    {
        var lab = new Lab();
        lab = new Lab(replayCache: new MemoryReplayCache(lab.Time, capacity: 64));
        var first = lab.Call();
        await lab.AcceptsAsync(first);
        ApRefusal? refusal = null;
        for (var i = 0; i < 9 && refusal is null; i++) (await lab.JudgeAsync(lab.Call())).Passed(out _, out refusal);
        Assert.Equal(ApRejection.ReplayCacheFull, refusal!.Cause);
        Assert.Contains("8 of the 64 proofs that the replay cache has room for are of " + Lab.Client, refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(ApRejection.Replayed, (await lab.RefusalAsync(first)).Cause);
        await lab.AcceptsAsync(c => { c.ChangeTicket(t => t.Client = Lab.Principal("bob@TEST.LOCAL")); c.Authenticator = c.Authenticator with { Client = Lab.Principal("bob@TEST.LOCAL") }; });
    }

    [Fact]
    public async Task Claim_StoreThrows_ReplayCacheUnavailable()
    {
        await new Lab().AcceptsAsync();
        var lab = new Lab(replayCache: new BrokenStore());
        var refusal = await lab.RefusalAsync(lab.Call());
        Assert.Equal(ApRejection.ReplayCacheUnavailable, refusal.Cause);
        Assert.DoesNotContain("password", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cache_EntriesOfTheirTimeOver_Forgotten()
    {
        var time = new LabTime();
        var cache = new MemoryReplayCache(time, shards: 1);
        for (byte i = 0; i < 100; i++) Assert.True(await cache.TryAddAsync(new ReplayKey([i, 1, 2]), time.GetUtcNow() + TimeSpan.FromSeconds(i), default));
        Assert.Equal(100, cache.Count);
        time.Advance(TimeSpan.FromSeconds(50));
        Assert.False(await cache.TryAddAsync(new ReplayKey([50, 1, 2]), time.GetUtcNow(), default));
        Assert.True(await cache.TryAddAsync(new ReplayKey([49, 1, 2]), time.GetUtcNow(), default));
        Assert.Equal(51, cache.Count);
    }

    private sealed class BrokenStore : IReplayCache
    {
        public ValueTask<bool> TryAddAsync(ReplayKey key, DateTimeOffset until, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("redis password=hunter2");
    }

    /// <summary>Time passes between the judgement of freshness and the look into the cache.</summary>
    private sealed class SlowCache : IReplayCache
    {
        public MemoryReplayCache? Inner { get; set; }

        public Action? Asked { get; set; }

        public ValueTask<bool> TryAddAsync(ReplayKey key, DateTimeOffset until, CancellationToken cancellationToken)
        {
            Asked?.Invoke();
            return Inner!.TryAddAsync(key, until, cancellationToken);
        }
    }
}
