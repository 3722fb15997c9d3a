namespace GrpcKerberos.Protocol.Tests.Sessions;

/// <summary>Threads that begin together.</summary>
internal static class Race
{
    public static async Task<T[]> RunAsync<T>(int threads, Func<int, T> run)
    {
        using var start = new ManualResetEventSlim();
        var tasks = Enumerable.Range(0, threads).Select(i => Task.Factory.StartNew(
            () =>
            {
                start.Wait();
                return run(i);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        start.Set();
        return await Task.WhenAll(tasks);
    }
}
