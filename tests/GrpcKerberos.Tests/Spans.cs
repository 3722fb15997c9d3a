using System.Collections.Concurrent;
using System.Diagnostics;

namespace GrpcKerberos.Tests;

/// <summary>The spans of a test, which begins a trace of its own here; whatever other tests do meanwhile is told apart by that.</summary>
internal sealed class Spans : IDisposable
{
    private static readonly ActivitySource s_tests = new("GrpcKerberos.Tests");

    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;

    /// <param name="sources">Heard beside GrpcKerberos.</param>
    public Spans(params string[] sources)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name is "GrpcKerberos" or "GrpcKerberos.Tests" || sources.Contains(s.Name),
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
        Root = s_tests.StartActivity("test")!;
    }

    /// <summary>The test's own, current from here on.</summary>
    public Activity Root { get; }

    /// <summary>Those that have ended, of all traces there are.</summary>
    public IEnumerable<Activity> Everywhere => _stopped;

    /// <summary>Those of the test's trace.</summary>
    public IReadOnlyList<Activity> Ended => [.. _stopped.Where(s => s.TraceId == Root.TraceId)];

    public IReadOnlyList<Activity> Of(string source) => [.. Ended.Where(s => s.Source.Name == source)];

    /// <summary>Name and tags, in the order they were set.</summary>
    public static string Text(Activity span) => string.Join(' ', [span.DisplayName, .. span.TagObjects.Select(static t => $"{t.Key}={t.Value}")]);

    /// <summary>Completes once there is such a span.</summary>
    public async Task<Activity> WaitForAsync(Func<Activity, bool> isIt)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (_stopped.FirstOrDefault(isIt) is { } found) return found;
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public void Dispose()
    {
        Root.Dispose();
        _listener.Dispose();
    }
}
