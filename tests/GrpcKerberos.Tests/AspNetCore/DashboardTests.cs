using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Shared;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>The dashboard against the instruments as they are, under the names that OpenTelemetry's Prometheus exporter gives them.</summary>
public sealed partial class DashboardTests
{
    /// <summary>What Prometheus adds of its own.</summary>
    private static readonly string[] s_scraped = ["job", "instance"];

    private static readonly JsonElement[] s_panels =
    [
        .. JsonDocument.Parse(File.ReadAllText(Repository.PathOf("src/GrpcKerberos.AspNetCore/dashboard/grafana.json"))).RootElement.GetProperty("panels").EnumerateArray()
            .Where(static p => p.GetProperty("type").GetString() != "row"),
    ];

    [Fact]
    public async Task Dashboard_AsksForWhatIsThere_AndForAllOfIt()
    {
        var instruments = await InstrumentsAsync();
        var series = instruments.SelectMany(static i => Series(i.Key).Select(s => (Name: s, i.Key, Labels: LabelsOf(i.Value, s)))).ToDictionary(static s => s.Name);
        var shown = new HashSet<Instrument>();
        foreach (var target in s_panels.SelectMany(static p => p.GetProperty("targets").EnumerateArray()))
        {
            var query = target.GetProperty("expr").GetString()!;
            var name = Assert.Single(Selected().Matches(query).Select(static m => m.Groups[1].Value).Distinct());
            Assert.True(series.TryGetValue(name, out var found), $"{name} of {query} is none of: {string.Join(' ', series.Keys)}");
            shown.Add(found.Key);
            var labels = Compared().Matches(query).Select(static m => m.Groups[1].Value)
                .Concat(Grouped().Matches(query).SelectMany(static m => m.Groups[1].Value.Split(", ")));
            Assert.Subset(found.Labels, labels.ToHashSet());
            // A legend can name what the query keeps.
            var kept = Grouped().Matches(query).SelectMany(static m => m.Groups[1].Value.Split(", ")).ToHashSet();
            Assert.Subset(kept, Named().Matches(target.GetProperty("legendFormat").GetString()!).Select(static m => m.Groups[1].Value).ToHashSet());
        }

        Assert.Equal(instruments.Keys.Select(static i => i.Name).Order(StringComparer.Ordinal), shown.Select(static i => i.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Panels_SayWhatToDo_InAUnit_OfTheChosenSourceAndJob()
    {
        Assert.All(s_panels, static panel =>
        {
            Assert.True(panel.GetProperty("description").GetString()!.Length > 40);
            Assert.NotEmpty(panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString()!);
            Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString());
            Assert.All(panel.GetProperty("targets").EnumerateArray(), static t => Assert.Contains("{job=~\"$job\"", t.GetProperty("expr").GetString(), StringComparison.Ordinal));
        });
    }

    /// <summary>Each instrument with its tags, out of measurements: it has no list of them itself.</summary>
    private static async Task<Dictionary<Instrument, HashSet<string>>> InstrumentsAsync()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var other = new Meters();
        var found = new Dictionary<Instrument, HashSet<string>>();
        using var listener = Listen([app.App.Services.GetRequiredService<IMeterFactory>(), other], found);
        var client = app.Client();
        await client.CallAsync();
        await client.SendAsync("Kerberos token=AAAA");
        new ServerMetrics(app.App.Services.GetRequiredService<IMeterFactory>(), app.Time).KeytabReloadFailed();
        using var metrics = new ClientMetrics(other, app.Time);
        metrics.Observe(() => [client.Ticket]);
        metrics.Proved(metrics.Begin(), "session");
        metrics.Resent("SKEW");
        metrics.Refused("SKEW");
        metrics.KdcAsked(new KdcAddress("kdc.test", 88), MessageType.AsRep, TimeSpan.FromSeconds(1), "TIMEOUT");
        listener.RecordObservableInstruments();
        return found;
    }

    private static MeterListener Listen(IMeterFactory[] factories, Dictionary<Instrument, HashSet<string>> found)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (!factories.Contains(instrument.Meter.Scope) || instrument.Meter.Name != "GrpcKerberos") return;
                lock (found) found.TryAdd(instrument, []);
                l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((i, _, tags, _) => Take(i, tags));
        listener.SetMeasurementEventCallback<long>((i, _, tags, _) => Take(i, tags));
        listener.Start();
        return listener;

        void Take(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (found)
            {
                foreach (var tag in tags) found[instrument].Add(tag.Key.Replace('.', '_'));
            }
        }
    }

    /// <summary>Dots become underscores, the unit's name comes after (one in braces has none), and then what kind it is.</summary>
    private static string[] Series(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_') + instrument.Unit switch
        {
            "s" => "_seconds",
            ['{', ..] => "",
            var unit => throw new NotSupportedException($"{instrument.Name} is in {unit}. Next: look up how the exporter writes it."),
        };
        return instrument switch
        {
            Histogram<double> => [name + "_bucket", name + "_sum", name + "_count"],
            Counter<long> => [name + "_total"],
            _ => [name],
        };
    }

    private static HashSet<string> LabelsOf(HashSet<string> tags, string series) => [.. tags, .. s_scraped, .. series.EndsWith("_bucket", StringComparison.Ordinal) ? ["le"] : Array.Empty<string>()];

    [GeneratedRegex(@"(\w+)\{")]
    private static partial Regex Selected();

    [GeneratedRegex(@"(\w+)(?:=~|!=|=)""")]
    private static partial Regex Compared();

    [GeneratedRegex(@"by \(([^)]*)\)")]
    private static partial Regex Grouped();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Named();
}
