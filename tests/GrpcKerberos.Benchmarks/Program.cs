using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using GrpcKerberos.Benchmarks;
using GrpcKerberos.Benchmarks.Load;
using GrpcKerberos.Benchmarks.Sessions;
using Perfolizer.Horology;

switch (args.FirstOrDefault())
{
    case "load":
        return await LoadTest.RunAsync(args[1..]);
    case "memory":
        return SessionMemory.Run(args[1..], Console.Out);
    case LoadPair.ServerVerb:
        await LoadServer.RunAsync();
        return 0;
    case LoadPair.ClientVerb:
        return await LoadClient.RunAsync();
    default:
        // Many short iterations in one process: rows that are compared are then measured within the same half minute, which on a shared machine
        // tells more than length does; some iterations fit between what other processes take; and nothing is compiled anew in between.
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(60).WithIterationCount(100).WithIterationTime(TimeInterval.FromMilliseconds(20));
        var config = DefaultConfig.Instance.AddJob(job).AddColumn(StatisticColumn.Min, new LeastRatioColumn());
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(ApExchangeBenchmarks).Assembly).Run(args, config);
        return summaries.Any(static s => s.HasCriticalValidationErrors || s.Reports.Any(static r => !r.Success)) ? 1 : 0;
}
