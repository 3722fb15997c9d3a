using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Filters;

namespace GrpcKerberos.Benchmarks.Mit;

/// <summary>Leaves MIT's rows out where libkrb5's program is not built, and says so.</summary>
internal sealed class SkipMitWhereMissing : ManualConfig
{
    public SkipMitWhereMissing()
    {
        if (MitAcceptor.Missing is not { } missing) return;
        Console.WriteLine($"// * {nameof(AcceptBesideMitBenchmarks)}: {missing}");
        AddFilter(new SimpleFilter(static c => !c.Descriptor.WorkloadMethod.Name.StartsWith("Mit", StringComparison.Ordinal)));
    }
}
