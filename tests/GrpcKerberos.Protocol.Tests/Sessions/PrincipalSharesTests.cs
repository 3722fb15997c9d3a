using GrpcKerberos.Protocol.Sessions;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Sessions;

public sealed class PrincipalSharesTests
{
    [Theory]
    [InlineData(800, 100)]
    [InlineData(8, 1)]
    [InlineData(3, 1)]
    public void TryTake_OnePrincipal_AnEighthAtLeastOne(int capacity, int share)
    {
        var shares = new PrincipalShares(capacity);
        Assert.Equal(share, TakeAll(shares, "mallory"));
        Assert.Equal(ShareVerdict.ShareUsedUp, Take(shares, "mallory"));
        Assert.Equal(ShareVerdict.Taken, Take(shares, "alice"));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(40)]
    public void TryTake_ManyThatTakeAllTheyCanTogether_OnePartStaysFree(int hostile)
    {
        var shares = new PrincipalShares(1000);
        for (var round = 0; round < 1000; round++)
        {
            for (var i = 0; i < hostile; i++) Take(shares, $"mallory{i}");
        }

        var free = 1000 - shares.Held;
        Assert.InRange(free, (1000 / (hostile + 1)) - 1, 1000);
        for (var i = 0; i < free; i++) Assert.Equal(ShareVerdict.Taken, Take(shares, $"newcomer{i}"));
        Assert.Equal(ShareVerdict.StoreFull, Take(shares, "last"));
    }

    [Fact]
    public void TryTake_EightThatTakeAllTheyCanOneAfterTheOther_ASixteenthStaysFree()
    {
        var shares = new PrincipalShares(1600);
        for (var i = 0; i < 8; i++) TakeAll(shares, $"mallory{i}");
        Assert.Equal(100, 1600 - shares.Held);
        for (var i = 0; i < 100; i++) Assert.Equal(ShareVerdict.Taken, Take(shares, $"newcomer{i}"));
    }

    [Fact]
    public void TryTake_PlacesGetScarce_LargestHolderRefusedFirst()
    {
        var shares = new PrincipalShares(80);
        for (var i = 0; i < 6; i++) Take(shares, "large");
        for (var i = 0; i < 3; i++) Take(shares, "small");
        for (var i = 0; i < 66; i++) Assert.Equal(ShareVerdict.Taken, Take(shares, $"one{i}"));
        Assert.Equal(5, 80 - shares.Held);
        Assert.Equal(ShareVerdict.ShareUsedUp, Take(shares, "large"));
        Assert.Equal(ShareVerdict.Taken, Take(shares, "small"));
    }

    [Fact]
    public void Release_All_NobodyIsRemembered()
    {
        var shares = new PrincipalShares(100);
        var taken = new List<PrincipalShare?>();
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(ShareVerdict.Taken, shares.TryTake(SessionLab.Principal($"p{i % 10}"), out var share));
            taken.Add(share);
        }

        Assert.Equal(ShareVerdict.Taken, shares.TryTake());
        Assert.Equal((51, 10), (shares.Held, shares.Holders));
        taken.ForEach(shares.Release);
        shares.Release(null);
        Assert.Equal((0, 0), (shares.Held, shares.Holders));
        Assert.Null(shares.Find(SessionLab.Principal("p1")));
    }

    [Fact]
    public void TryTake_EqualNames_OneShareAndOneCopyOfTheName()
    {
        var shares = new PrincipalShares(100);
        shares.TryTake(SessionLab.Principal("alice"), out var one);
        shares.TryTake(SessionLab.Principal("alice"), out var other);
        Assert.Same(one, other);
        Assert.Equal(2, one!.Held);
    }

    [Fact]
    public async Task TryTake_ManyThreads_NeverMoreThanTheShare()
    {
        var shares = new PrincipalShares(800);
        var taken = await Race.RunAsync(16, _ => TakeAll(shares, "mallory"));
        Assert.Equal(100, taken.Sum());
        Assert.Equal(100, shares.Held);
    }

    private static int TakeAll(PrincipalShares shares, string name)
    {
        var taken = 0;
        while (Take(shares, name) == ShareVerdict.Taken) taken++;
        return taken;
    }

    private static ShareVerdict Take(PrincipalShares shares, string name) => shares.TryTake(SessionLab.Principal(name), out _);
}
