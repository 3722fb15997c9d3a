using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Filters;

namespace GrpcKerberos.Benchmarks.Mit;

/// <summary>Leaves MIT's rows out where libkrb5's program is not built, and says so.</summary>
internal sealed class SkipMitWhereMissing : ManualConfig
{
    private static int s_said;

    public SkipMitWhereMissing()
    {
        if (MitAcceptor.Missing is not { } missing) return;
        // One is made each time the class is looked at.
        if (Interlocked.Exchange(ref s_said, 1) == 0) Console.WriteLine($"// * {nameof(AcceptBesideMitBenchmarks)}: {missing}");
        AddFilter(new SimpleFilter(static c => !c.Descriptor.WorkloadMethod.Name.StartsWith("Mit", StringComparison.Ordinal)));
    }
}
