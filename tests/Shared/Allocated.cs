namespace GrpcKerberos.Shared;

/// <summary>What code allocates, on this thread alone.</summary>
internal static class Allocated
{
    private const int Times = 50;

    /// <summary>The least of many runs tells: the runtime may give back what was borrowed and lent out before, at any collection.</summary>
    public static long Least(Action action, int times = Times)
    {
        var least = long.MaxValue;
        for (var i = 0; i < times; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
