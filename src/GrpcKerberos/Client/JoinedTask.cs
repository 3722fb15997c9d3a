namespace GrpcKerberos.Client;

/// <summary>A task that all who need it wait for together, begun anew once it has ended.</summary>
/// <param name="scheduler">Where it runs.</param>
internal sealed class JoinedTask<T>(TaskScheduler scheduler)
{
    private readonly Lock _lock = new();
    private Task<T>? _running;

    /// <summary>Joins what is under way, or begins it.</summary>
    /// <param name="run">Does it.</param>
    /// <param name="cancellationToken">Ends this caller's wait and nothing else.</param>
    public Task<T> JoinAsync(Func<Task<T>> run, CancellationToken cancellationToken)
    {
        Task<T> running;
        lock (_lock)
        {
            if (_running is not { IsCompleted: false }) _running = Begin(run);
            running = _running;
        }

        return running.WaitAsync(cancellationToken);
    }

    /// <summary>For one caller, that no other joins.</summary>
    /// <param name="run">Does it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<T> AloneAsync(Func<Task<T>> run, CancellationToken cancellationToken) => Begin(run).WaitAsync(cancellationToken);

    private Task<T> Begin(Func<Task<T>> run)
    {
        // On a thread of its own, so that no caller's context carries it.
        using (ExecutionContext.IsFlowSuppressed() ? default(IDisposable) : ExecutionContext.SuppressFlow())
        {
            return ResponseGuard.Observed(Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap());
        }
    }
}
