using System.Buffers.Binary;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Tests.Sessions;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>The shares of the clients. That nothing is taken twice, and for how long, is in <see cref="FreshApReqTests"/>.</summary>
public sealed class MemoryReplayCacheTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(160)]
    public async Task TryAdd_OneClient_AnEighthWhateverTheShards(int shards)
    {
        var cache = new MemoryReplayCache(_time, 160, shards);
        for (var i = 0; i < 20; i++) Assert.True(await AddAsync(cache, i, "mallory"));
        var refusal = await Assert.ThrowsAsync<ReplayCacheFullException>(() => AddAsync(cache, 20, "mallory").AsTask());
        Assert.Equal(SessionLab.Principal("mallory"), refusal.Holder);
        Assert.Contains("20 of the 160 proofs", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("mallory@TEST.LOCAL", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Next:", refusal.Message, StringComparison.Ordinal);
        Assert.True(await AddAsync(cache, 21, "alice"));
        Assert.Equal((21, 2), (cache.Count, cache.Holders));
    }

    [Fact]
    public async Task TryAdd_ShareUsedUp_AKnownProofIsStillAReplay()
    {
        var cache = new MemoryReplayCache(_time, 16);
        Assert.True(await AddAsync(cache, 0, "mallory"));
        Assert.True(await AddAsync(cache, 1, "mallory"));
        await Assert.ThrowsAsync<ReplayCacheFullException>(() => AddAsync(cache, 2, "mallory").AsTask());
        Assert.False(await AddAsync(cache, 0, "mallory"));
        Assert.False(await AddAsync(cache, 0, "alice"));
    }

    [Fact]
    public async Task TryAdd_Full_SaysSoAndNamesNobody()
    {
        var cache = new MemoryReplayCache(_time, 16, 4);
        for (var i = 0; i < 16; i++) Assert.True(await AddAsync(cache, i, $"p{i}"));
        var refusal = await Assert.ThrowsAsync<ReplayCacheFullException>(() => AddAsync(cache, 99, "alice").AsTask());
        Assert.Null(refusal.Holder);
        Assert.Contains("16 proofs, its limit", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryAdd_ShareHeldByProofsThatEndedInOtherShards_TheirPlacesAreFree()
    {
        var cache = new MemoryReplayCache(_time, 160);
        for (var round = 0; round < 10; round++)
        {
            for (var i = 0; i < 20; i++) Assert.True(await AddAsync(cache, (round * 100) + i, "mallory"));
            await Assert.ThrowsAsync<ReplayCacheFullException>(() => AddAsync(cache, (round * 100) + 20, "mallory").AsTask());
            _time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromMicroseconds(1));
        }
    }

    [Fact]
    public async Task TryAdd_AllEnded_NobodyIsRemembered()
    {
        var cache = new MemoryReplayCache(_time, 1600, 1);
        for (var i = 0; i < 500; i++) await AddAsync(cache, i, $"p{i % 100}");
        Assert.Equal((500, 100), (cache.Count, cache.Holders));
        _time.Advance(TimeSpan.FromMinutes(6));
        await AddAsync(cache, 1000, "alice");
        Assert.Equal((1, 1), (cache.Count, cache.Holders));
    }

    [Fact]
    public async Task TryAdd_EightThatTakeAllTheyCan_NewcomersFindRoom()
    {
        var cache = new MemoryReplayCache(_time, 900);
        for (var i = 0; i < 8 * 130; i++)
        {
            try
            {
                await AddAsync(cache, i, $"mallory{i % 8}");
            }
            catch (ReplayCacheFullException refusal)
            {
                Assert.NotNull(refusal.Holder);
            }
        }

        for (var i = 0; i < 90; i++) Assert.True(await AddAsync(cache, 10_000 + i, $"newcomer{i}"));
    }

    [Fact]
    public async Task TryAdd_ManyThreads_EachProofOnceAndNoMoreThanTheShare()
    {
        var cache = new MemoryReplayCache(_time, 1600);
        var added = await Race.RunAsync(8, _ =>
        {
            var mine = 0;
            for (var i = 0; i < 400; i++)
            {
                try
                {
                    if (AddAsync(cache, i, "mallory").AsTask().GetAwaiter().GetResult()) mine++;
                }
                catch (ReplayCacheFullException)
                {
                }
            }

            return mine;
        });
        Assert.Equal(200, added.Sum());
        Assert.Equal(200, cache.Count);
    }

    private ValueTask<bool> AddAsync(MemoryReplayCache cache, int number, string client)
    {
        var mac = new byte[12];
        BinaryPrimitives.WriteInt32BigEndian(mac, number);
        return cache.TryAddAsync(new ReplayKey(mac), SessionLab.Principal(client), _time.GetUtcNow() + TimeSpan.FromMinutes(5), default);
    }
}
