using BenchmarkDotNet.Attributes;
using GrpcKerberos.BouncyCastle;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Testing.Tickets;

namespace GrpcKerberos.Benchmarks;

/// <summary>What a call costs each end: token, MIC and all checks. Read the ratios of one run, not the times.</summary>
[MemoryDiagnoser]
public class ApExchangeBenchmarks : IDisposable
{
    private const string Method = "/greeter.v1.Greeter/SayHello";

    private ApAcceptor _acceptor = null!;
    private Keytab _keytab = null!;
    private InitiatorSession _session = null!;
    private IncomingCall _call = null!;

    [Params(
        EncryptionType.Aes128CtsHmacSha1,
        EncryptionType.Aes256CtsHmacSha1,
        EncryptionType.Aes128CtsHmacSha256,
        EncryptionType.Aes256CtsHmacSha384,
        EncryptionType.Camellia128CtsCmac,
        EncryptionType.Camellia256CtsCmac,
        EncryptionType.Rc4Hmac)]
    public EncryptionType Type { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        EncryptionProfile.Register([BouncyCastleEncryptionTypes.Camellia, BouncyCastleEncryptionTypes.DangerousRc4]);
        // RC4 makes no K: the client's is of AES then.
        EncryptionType[] permitted = [Type, EncryptionType.Aes256CtsHmacSha1];
        var keys = new TestKeys().Add("HTTP/orders@TEST.LOCAL", 1, Type);
        _keytab = keys.Keytab;
        _acceptor = new ApAcceptor(new AcceptorPolicy { EncryptionTypes = permitted }, new ForgetfulCache(), new AcceptorClock(TimeProvider.System), new ProcessSecret());
        _session = new InitiatorSession(new TestTickets(keys).IssueTicket("alice@TEST.LOCAL", "HTTP/orders@TEST.LOCAL"), new AuthenticatorClock(TimeProvider.System), mutual: true, permitted: permitted);
        _call = Incoming(_session.Prepare(Method, TimeSpan.Zero));
    }

    /// <summary>The client: authenticator, KRB_AP_REQ, MIC.</summary>
    [Benchmark]
    public object Prepare() => _session.Prepare(Method, TimeSpan.Zero);

    /// <summary>The server: all checks, KRB_AP_REP, the answer's MIC.</summary>
    [Benchmark(Baseline = true)]
    public async Task<bool> Accept() => (await _acceptor.AcceptAsync(_call, _keytab, CancellationToken.None)).Passed(out _, out var refusal) ? true : throw new InvalidOperationException(refusal.ToString());

    public void Dispose()
    {
        _session?.Dispose();
        GC.SuppressFinalize(this);
    }

    private static IncomingCall Incoming(PreparedCall call) => new(call.Token!.Encoded, call.Proof, Method);
}
