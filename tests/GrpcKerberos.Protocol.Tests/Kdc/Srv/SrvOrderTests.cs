using GrpcKerberos.Protocol.Kdc.Srv;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc.Srv;

public sealed class SrvOrderTests
{
    [Fact]
    public void Of_SeveralPriorities_LowestFirst() =>
        Assert.Equal(["a", "b", "c"], SrvOrder.Of([Record("c", 30), Record("a", 0), Record("b", 10)]).Select(static r => r.Target));

    /// <summary>RFC 2782: running sums 0, 10, 70, 100 in the order z, a, b, c; the first that reaches the lot is drawn, and the rest are drawn anew.</summary>
    [Theory]
    [InlineData(0, "z")]
    [InlineData(1, "a")]
    [InlineData(10, "a")]
    [InlineData(11, "b")]
    [InlineData(70, "b")]
    [InlineData(71, "c")]
    [InlineData(100, "c")]
    public void Of_OnePriority_DrawnByWeight(int lot, string first)
    {
        var draws = new List<int>();
        int Draw(int below)
        {
            draws.Add(below);
            return draws.Count == 1 ? lot : 0;
        }

        var order = SrvOrder.Of([Record("a", 0, 10), Record("b", 0, 60), Record("z", 0, 0), Record("c", 0, 30)], Draw).ToList();

        Assert.Equal(first, order[0].Target);
        Assert.Equal(101, draws[0]);
        Assert.Equal(["a", "b", "c", "z"], order.Select(static r => r.Target).Order());
    }

    [Fact]
    public void Of_Weights_EveryServerComesFirstSometimes() =>
        Assert.Equal(2, Enumerable.Range(0, 200).Select(static _ => SrvOrder.Of([Record("a", 0, 50), Record("b", 0, 50)]).First().Target).Distinct().Count());

    private static SrvRecord Record(string target, int priority, int weight = 0) => new(priority, weight, 88, target, TimeSpan.FromMinutes(1));
}
