using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Protocol.ApExchange.Replay;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public class ReplayCachesTests
{
    [Fact]
    public void For_SchemesOnOneClock_IsOneCache()
    {
        var caches = new ReplayCaches(shared: null);

        Assert.Same(caches.For(TimeProvider.System), caches.For(TimeProvider.System));
        Assert.NotSame(caches.For(TimeProvider.System), caches.For(new ManualTime()));
    }

    [Fact]
    public void For_ApplicationsOwn_IsTaken()
    {
        var own = new MemoryReplayCache(TimeProvider.System);

        Assert.Same(own, new ReplayCaches(own).For(TimeProvider.System));
    }
}
