namespace GrpcKerberos.Benchmarks.Load;

/// <summary>One measurement of one variant.</summary>
internal sealed record LoadSample(long Calls, TimeSpan Elapsed, TimeSpan MedianLatency, TimeSpan ServerCpu, TimeSpan ClientCpu)
{
    public double CallsPerSecond => Calls / Elapsed.TotalSeconds;

    public double ServerMicrosecondsPerCall => ServerCpu.TotalMicroseconds / Calls;

    public double ClientMicrosecondsPerCall => ClientCpu.TotalMicroseconds / Calls;
}
