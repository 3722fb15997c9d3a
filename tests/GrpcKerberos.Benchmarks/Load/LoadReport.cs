using System.Globalization;
using System.Runtime.InteropServices;

namespace GrpcKerberos.Benchmarks.Load;

/// <summary>The measurements as a Markdown table. Ratios are taken within a round, where both sides met the same machine.</summary>
internal static class LoadReport
{
    public static void Write(TextWriter output, LoadOptions options, IReadOnlyList<LoadPair> pairs)
    {
        var plain = pairs.Single(static p => p.Variant == LoadVariant.None);
        output.WriteLine(
            $"{options.Rounds} rounds of {options.Seconds} s, {options.Concurrency} unary calls at a time over one connection, h2c on loopback; "
            + $"{Environment.ProcessorCount} cores shared by server and client, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription.Trim()}.");
        output.WriteLine();
        output.WriteLine("| | calls/s | ÷ no authentication | the same by CPU time | p50 | server CPU a call | client CPU a call |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var pair in pairs) output.WriteLine(Row(pair, plain));
    }

    private static string Row(LoadPair pair, LoadPair plain)
    {
        var culture = CultureInfo.InvariantCulture;
        string[] cells =
        [
            Title(pair),
            Of(pair, static s => s.CallsPerSecond).ToString("0", culture),
            Ratio(pair, plain, static s => s.CallsPerSecond),
            Ratio(pair, plain, static s => s.CallsPerCpuSecond),
            Of(pair, static s => s.MedianLatency.TotalMilliseconds).ToString("0.0 ms", culture),
            Of(pair, static s => s.ServerMicrosecondsPerCall).ToString("0 µs", culture),
            Of(pair, static s => s.ClientMicrosecondsPerCall).ToString("0 µs", culture),
        ];
        return $"| {string.Join(" | ", cells)} |";
    }

    /// <summary>The median of the rounds' ratios, and the least and the greatest.</summary>
    private static string Ratio(LoadPair pair, LoadPair plain, Func<LoadSample, double> value)
    {
        if (pair == plain) return "1";
        var ratios = pair.Samples.Zip(plain.Samples, (own, other) => value(own) / value(other)).ToList();
        return string.Create(CultureInfo.InvariantCulture, $"**{Median(ratios):0.00}** ({ratios.Min():0.00}–{ratios.Max():0.00})");
    }

    private static string Title(LoadPair pair) => pair.Variant switch
    {
        LoadVariant.None => "no authentication",
        LoadVariant.OpenDoor => "a handler that asks nothing",
        LoadVariant.JwtBearer => "JwtBearer, HS256",
        LoadVariant.KerberosExchange => "Kerberos, client that forgets: " + Sent(pair),
        LoadVariant.KerberosAuthorize => "the same, and [Authorize]: " + Sent(pair),
        _ => "Kerberos as it comes: " + Sent(pair),
    };

    private static string Sent(LoadPair pair) => pair.SendsTokens ? "AP-REQ a call" : "a session's MIC a call";

    private static double Of(LoadPair pair, Func<LoadSample, double> value) => Median([.. pair.Samples.Select(value)]);

    private static double Median(List<double> values)
    {
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
