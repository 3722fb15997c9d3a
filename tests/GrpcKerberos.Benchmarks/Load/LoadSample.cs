namespace GrpcKerberos.Benchmarks.Load;

/// <summary>One measurement of one variant.</summary>
internal sealed record LoadSample(long Calls, TimeSpan Elapsed, TimeSpan MedianLatency, TimeSpan ServerCpu, TimeSpan ClientCpu)
{
    public double CallsPerSecond => Calls / Elapsed.TotalSeconds;

    /// <summary>What one core would do if it had server and client to itself: what other processes take of the machine is not in it.</summary>
    public double CallsPerCpuSecond => Calls / (ServerCpu + ClientCpu).TotalSeconds;

    public double ServerMicrosecondsPerCall => ServerCpu.TotalMicroseconds / Calls;

    public double ClientMicrosecondsPerCall => ClientCpu.TotalMicroseconds / Calls;
}
