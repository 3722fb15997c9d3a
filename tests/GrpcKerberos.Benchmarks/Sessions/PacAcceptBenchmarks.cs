using BenchmarkDotNet.Attributes;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;

namespace GrpcKerberos.Benchmarks.Sessions;

/// <summary>What a PAC adds to an accept: a larger ticket to open, the server's signature, the account and its groups.</summary>
[MemoryDiagnoser]
public class PacAcceptBenchmarks
{
    private SessionBench _bench = null!;
    private IncomingCall _call = null!;
    private SessionBench _plainBench = null!;
    private IncomingCall _plain = null!;

    [Params(EncryptionType.Aes128CtsHmacSha1, EncryptionType.Aes256CtsHmacSha1, EncryptionType.Aes128CtsHmacSha256, EncryptionType.Aes256CtsHmacSha384)]
    public EncryptionType Type { get; set; }

    [Params(4, 301, 1001)]
    public int Groups { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        (_bench, _call) = Prepare(Groups);
        (_plainBench, _plain) = Prepare(null);
    }

    /// <summary>A ticket without a PAC.</summary>
    [Benchmark(Baseline = true)]
    public object WithoutPac() => _plainBench.Accept(_plain);

    /// <summary>All checks of the PAC but the KDC's own signatures, for which few services have the key.</summary>
    [Benchmark]
    public object WithPac() => _bench.Accept(_call);

    private (SessionBench Bench, IncomingCall Call) Prepare(int? groups)
    {
        var bench = new SessionBench(Type, groups);
        using var client = bench.Initiate(bench.TicketOf("alice@CORP.EXAMPLE"));
        return (bench, SessionBench.First(client));
    }
}
