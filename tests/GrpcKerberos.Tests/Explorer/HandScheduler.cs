namespace GrpcKerberos.Tests.Explorer;

/// <summary>Runs tasks on the schedule's own thread, when it says so.</summary>
internal sealed class HandScheduler : TaskScheduler
{
    private readonly Queue<Task> _queue = new();

    public void RunAll()
    {
        while (_queue.TryDequeue(out var task)) TryExecuteTask(task);
    }

    protected override void QueueTask(Task task) => _queue.Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _queue;
}
