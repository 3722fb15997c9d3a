using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace GrpcKerberos.Tests;

/// <summary>A meter factory and who listens to it: to its instruments alone, whatever other tests measure meanwhile.</summary>
internal sealed class Meters : IMeterFactory
{
    private readonly ConcurrentDictionary<string, Meter> _meters = new();
    private readonly ConcurrentQueue<Measured> _measured = new();
    private readonly MeterListener _listener = new();

    /// <summary>What was measured so far, in order, as <c>name value tag=value …</c> with the tags in order.</summary>
    public IReadOnlyList<string> Lines => [.. _measured.Select(static m => m.ToString())];

    public IReadOnlyList<Measured> All => [.. _measured];

    /// <summary>The instruments, as <c>name unit</c>.</summary>
    public ConcurrentQueue<string> Instruments { get; } = new();

    public IReadOnlyList<string> Of(string instrument) => [.. _measured.Where(m => m.Name == instrument).Select(static m => m.ToString()[(m.Name.Length + 1)..])];

    /// <summary>From now on.</summary>
    public Meters Listen(IMeterFactory? other = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter.Scope, other ?? this) || instrument.Meter.Name != "GrpcKerberos") return;
            Instruments.Enqueue($"{instrument.Name} {instrument.Unit}");
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>(Take);
        _listener.SetMeasurementEventCallback<long>(Take);
        _listener.Start();
        return this;
    }

    /// <summary>Asks the observable ones.</summary>
    public void Collect() => _listener.RecordObservableInstruments();

    public Meter Create(MeterOptions options) => _meters.GetOrAdd(options.Name, static (name, self) => new Meter(new MeterOptions(name) { Scope = self }), this);

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var meter in _meters.Values) meter.Dispose();
    }

    private void Take<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        where T : struct, IConvertible =>
        _measured.Enqueue(new Measured(instrument.Name, value.ToDouble(CultureInfo.InvariantCulture), string.Join(' ', tags.ToArray().Select(static t => $"{t.Key}={t.Value}"))));

    internal sealed record Measured(string Name, double Value, string Tags)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} {Value} {Tags}").TrimEnd();
    }
}
