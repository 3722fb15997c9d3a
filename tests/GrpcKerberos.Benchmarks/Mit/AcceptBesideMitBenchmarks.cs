using BenchmarkDotNet.Attributes;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Benchmarks.Mit;

/// <summary>One AP-REQ, made by MIT krb5, accepted and answered by us and by libkrb5, without a replay cache on either side.</summary>
/// <remarks>
/// libkrb5 runs in its own process, told by a pipe to accept a batch: both sides are timed by the same clock and warmed up alike, nothing is
/// subtracted, and the pipe's share (about 0.1 ms a batch) stays below 1 % of a batch.
/// </remarks>
[MemoryDiagnoser]
[Config(typeof(SkipMitWhereMissing))]
public class AcceptBesideMitBenchmarks
{
    private const int Batch = 500;

    private ApAcceptor _acceptor = null!;
    private Keytab _keytab = null!;
    private IncomingCall _call = null!;
    private MitAcceptor? _mit;

    [Params(EncryptionType.Aes128CtsHmacSha1, EncryptionType.Aes256CtsHmacSha1, EncryptionType.Aes128CtsHmacSha256, EncryptionType.Aes256CtsHmacSha384)]
    public EncryptionType Type { get; set; }

    [GlobalSetup(Target = nameof(GrpcKerberos))]
    public void SetUp()
    {
        var exchange = new RecordedExchange(Type);
        // The acceptor's clock must have started before the authenticator was made.
        var time = new SetTime(exchange.ClientTime - TimeSpan.FromMinutes(1));
        _acceptor = new ApAcceptor(new AcceptorPolicy(), new ForgetfulCache(), new AcceptorClock(time), new ProcessSecret());
        time.Now = exchange.ClientTime;
        _keytab = KeytabFile.Read(exchange.KeytabFile());
        _call = new IncomingCall(exchange.ApReq, Proof: null, "/greeter.v1.Greeter/SayHello");
    }

    [GlobalSetup(Target = nameof(MitKeytabFile))]
    public void StartMit() => StartMit(inMemory: false);

    [GlobalSetup(Target = nameof(MitKeytabInMemory))]
    public void StartMitInMemory() => StartMit(inMemory: true);

    [GlobalCleanup]
    public void CleanUp() => _mit?.DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>All of our checks, the session's id and keys, and the KRB_AP_REP.</summary>
    [Benchmark(Baseline = true)]
    public async Task<byte[]> GrpcKerberos() =>
        (await _acceptor.AcceptAsync(_call, _keytab, CancellationToken.None)).Passed(out var accepted, out var refusal)
            ? accepted.ApRep!
            : throw new InvalidOperationException(refusal.ToString());

    /// <summary>krb5_rd_req and krb5_mk_rep as in every service: libkrb5 reads the keytab anew each time.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public Task<long> MitKeytabFile() => _mit!.AcceptAsync(Batch);

    /// <summary>The same with the keytab in memory, as ours is: libkrb5 at its best.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public Task<long> MitKeytabInMemory() => _mit!.AcceptAsync(Batch);

    // Benchmarks run inside this process wait for no asynchronous set-up.
    private void StartMit(bool inMemory) => _mit = MitAcceptor.StartAsync(new RecordedExchange(Type), inMemory).GetAwaiter().GetResult();
}
