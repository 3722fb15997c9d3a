using System.Diagnostics;
using System.Globalization;
using Greeter.V1;
using Grpc.Core;

namespace GrpcKerberos.Benchmarks.Load;

/// <summary>The client's process: for each line of stdin, a number of seconds, it calls as fast as it can and prints what came of it.</summary>
internal static class LoadClient
{
    public static async Task<int> RunAsync()
    {
        var settings = LoadSettings.Read(Console.In);
        try
        {
            using var caller = new LoadCaller(settings);
            Console.WriteLine($"ready = {(await caller.ProbeAsync() ? "token" : "none")}");
            using var channel = caller.Connect();
            var greeter = caller.On(channel);
            while (await Console.In.ReadLineAsync() is { } line)
                Print(await CallAsync(greeter, settings.Concurrency, TimeSpan.FromSeconds(int.Parse(line, CultureInfo.InvariantCulture))));
            return 0;
        }
        catch (RpcException e)
        {
            // A refused call spoils the measurement: its time says nothing.
            Console.WriteLine($"error = {e.StatusCode} {e.Status.Detail.ReplaceLineEndings(" ")}");
            return 1;
        }
    }

    private static async Task<(TimeSpan Elapsed, List<TimeSpan> Latencies)> CallAsync(Greeter.V1.Greeter.GreeterClient greeter, int concurrency, TimeSpan length)
    {
        var start = Stopwatch.GetTimestamp();
        var workers = Enumerable.Range(0, concurrency).Select(_ => Task.Run(() => CallUntilAsync(greeter, start, length))).ToArray();
        var latencies = await Task.WhenAll(workers);
        return (Stopwatch.GetElapsedTime(start), [.. latencies.SelectMany(static l => l).Order()]);
    }

    private static async Task<List<TimeSpan>> CallUntilAsync(Greeter.V1.Greeter.GreeterClient greeter, long start, TimeSpan length)
    {
        var request = new HelloRequest { Name = "world" };
        var latencies = new List<TimeSpan>(4096);
        while (Stopwatch.GetElapsedTime(start) < length)
        {
            var sent = Stopwatch.GetTimestamp();
            await greeter.SayHelloAsync(request);
            latencies.Add(Stopwatch.GetElapsedTime(sent));
        }

        return latencies;
    }

    private static void Print((TimeSpan Elapsed, List<TimeSpan> Latencies) run) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"""
        elapsed = {run.Elapsed.Ticks / TimeSpan.TicksPerMicrosecond}
        p50 = {run.Latencies[run.Latencies.Count / 2].Ticks / TimeSpan.TicksPerMicrosecond}
        calls = {run.Latencies.Count}
        """));
}
