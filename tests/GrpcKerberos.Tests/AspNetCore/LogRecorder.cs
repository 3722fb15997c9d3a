using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>Keeps every line of every category, down to Trace.</summary>
internal sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IReadOnlyCollection<LogLine> All => _lines;

    /// <summary>Lines of category GrpcKerberos.Server.</summary>
    public IReadOnlyList<LogLine> Ours => [.. _lines.Where(static l => l.Category == "GrpcKerberos.Server")];

    /// <summary>Completes once there is such a line.</summary>
    public async Task WaitForAsync(Func<LogLine, bool> isIt)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!_lines.Any(isIt))
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose()
    {
    }

    internal sealed record LogLine(string Category, LogLevel Level, EventId Id, string Text);

    private sealed class Logger(string category, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            lines.Enqueue(new LogLine(category, LogLevel.None, default, state.ToString() ?? ""));
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs.Select(static p => $"{p.Key}={p.Value}")) : "";
            lines.Enqueue(new LogLine(category, logLevel, eventId, formatter(state, exception)) with { Text = $"{formatter(state, exception)}\n{values}\n{exception}" });
        }
    }
}
