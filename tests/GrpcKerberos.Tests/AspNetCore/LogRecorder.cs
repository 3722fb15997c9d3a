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
            lines.Enqueue(new LogLine(category, LogLevel.None, default, $"{state}\n{Values(state)}"));
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lines.Enqueue(new LogLine(category, logLevel, eventId, $"{formatter(state, exception)}\n{Values(state)}\n{exception}"));
        }

        /// <summary>Octets as hexadecimals: a provider may well write them.</summary>
        private static string Values<TState>(TState state) =>
            state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs.Select(static p => $"{p.Key}={Value(p.Value)}")) : "";

        private static string? Value(object? value) => value switch
        {
            byte[] octets => Convert.ToHexString(octets),
            ReadOnlyMemory<byte> octets => Convert.ToHexString(octets.Span),
            _ => value?.ToString(),
        };
    }
}
