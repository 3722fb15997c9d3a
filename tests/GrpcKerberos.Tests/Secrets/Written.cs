using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Tests.AspNetCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcKerberos.Tests.Secrets;

/// <summary>
/// All that was written for somebody to read: logs of every category down to Trace, spans, metrics, and what exceptions and objects say of themselves.
/// </summary>
internal sealed class Written : IDisposable
{
    private readonly ConcurrentQueue<string> _texts = new();
    private readonly List<Meters> _meters = [];
    private readonly Spans _spans = new("Grpc.Net.Client", "Microsoft.AspNetCore", "System.Net.Http");

    public Written() => Factory = LoggerFactory.Create(l => l.AddProvider(Log).SetMinimumLevel(LogLevel.Trace));

    public LogRecorder Log { get; } = new();

    /// <summary>For clients.</summary>
    public ILoggerFactory Factory { get; }

    public IEnumerable<string> All =>
    [
        .. _texts,
        .. Log.All.Select(static l => l.Text),
        .. _spans.Everywhere.Select(static s => $"{Spans.Text(s)} {s.StatusDescription} {string.Join(' ', s.Events.SelectMany(static e => e.Tags))} "
            + $"{string.Join(' ', s.Baggage)}"),
        .. _meters.SelectMany(static m => m.Lines),
    ];

    /// <summary>Category and number of our own events; the authentication handler of ASP.NET Core writes under its name.</summary>
    public IEnumerable<string> Events => Log.All.Where(static l => l.Category is "GrpcKerberos.Client" or "GrpcKerberos.Server").Select(static l => $"{l.Category} {l.Id.Id}").Distinct();

    /// <summary>Those that the libraries can write.</summary>
    public static IEnumerable<string> AllEvents => new[] { typeof(KerberosClientInterceptor), typeof(KerberosServerInterceptor) }
        .SelectMany(static t => t.Assembly.GetTypes())
        .SelectMany(static t => t.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Select(static m => (Category: m.DeclaringType!.Name == "ClientLog" ? "GrpcKerberos.Client" : "GrpcKerberos.Server", Event: m.GetCustomAttribute<LoggerMessageAttribute>()))
        .Where(static m => m.Event is not null)
        .Select(static m => $"{m.Category} {m.Event!.EventId}");

    public void Add(object? said) => _texts.Enqueue(said?.ToString() ?? "");

    public void Measure(TestServerApp app) => _meters.Add(new Meters().Listen(app.App.Services.GetRequiredService<IMeterFactory>()));

    public Meters ClientMeters()
    {
        var meters = new Meters().Listen();
        _meters.Add(meters);
        return meters;
    }

    public void Collect()
    {
        foreach (var meters in _meters) meters.Collect();
    }

    public void Dispose()
    {
        foreach (var meters in _meters) meters.Dispose();
        _spans.Dispose();
        Factory.Dispose();
    }
}
