using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Kdc.Srv;

/// <summary>The order to try servers in: by priority, and by lot within one, as their weights say (RFC 2782, "Weight").</summary>
internal static class SrvOrder
{
    /// <param name="records">The records, in any order.</param>
    /// <param name="draw">A number from 0 to below its argument; null: a random one.</param>
    public static IEnumerable<SrvRecord> Of(IEnumerable<SrvRecord> records, Func<int, int>? draw = null)
    {
        draw ??= RandomNumberGenerator.GetInt32;
        foreach (var equals in records.GroupBy(static r => r.Priority).OrderBy(static g => g.Key))
        {
            // Those of weight 0 stand in front: they are drawn where the lot is 0 alone.
            var left = equals.OrderBy(static r => r.Weight != 0).ToList();
            while (left.Count > 0)
            {
                var lot = draw(left.Sum(static r => r.Weight) + 1);
                var sum = 0;
                var drawn = left.First(r => (sum += r.Weight) >= lot);
                left.Remove(drawn);
                yield return drawn;
            }
        }
    }
}
