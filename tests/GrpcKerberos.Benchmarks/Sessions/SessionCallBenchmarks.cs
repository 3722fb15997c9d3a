using System.Security.Claims;
using BenchmarkDotNet.Attributes;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Benchmarks.Sessions;

/// <summary>A call on an established session, each side beyond what gRPC does itself: from header text to header text, both MICs, a fresh number a call.</summary>
/// <remarks>Accept is what the session saves: the same server judging a token in its place.</remarks>
[MemoryDiagnoser]
public class SessionCallBenchmarks : IDisposable
{
    /// <summary>So many calls were prepared; then the session is begun anew, with an empty window, and they come again.</summary>
    private const int Calls = 8192;

    private readonly string[] _headers = new string[Calls];
    private readonly PreparedCall[] _sent = new PreparedCall[Calls];
    private readonly string[] _answers = new string[Calls];
    private SessionBench _bench = null!;
    private InitiatorSession _client = null!;
    private IncomingCall _first = null!;
    private AcceptedExchange _exchange = null!;
    private CallAcceptor _acceptor = null!;
    private int _next;

    [Params(EncryptionType.Aes128CtsHmacSha1, EncryptionType.Aes256CtsHmacSha1, EncryptionType.Aes128CtsHmacSha256, EncryptionType.Aes256CtsHmacSha384)]
    public EncryptionType Type { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _bench = new SessionBench(Type);
        _client = _bench.Initiate(_bench.TicketOf("alice@CORP.EXAMPLE"));
        _first = SessionBench.First(_client);
        _exchange = _bench.Accept(_first);
        for (var i = 0; i < Calls; i++)
        {
            _sent[i] = _client.PrepareKnown(SessionBench.Method, TimeSpan.Zero);
            _headers[i] = new AuthorizationValue(_sent[i].Proof, default).Format();
        }

        BeginSession();
        for (var i = 0; i < Calls; i++) _answers[i] = Server();
        BeginSession();
    }

    /// <summary>The server with a token in place of the session.</summary>
    [Benchmark(Baseline = true)]
    public object Accept() => _bench.Accept(_first);

    /// <summary>The server: header text, the session, the MIC, the number, the answer's MIC, header text.</summary>
    [Benchmark]
    public string Server() => Answer(Judge());

    /// <summary>The same, and the principal as the ASP.NET Core handler makes it.</summary>
    [Benchmark]
    public object ServerWithPrincipal()
    {
        var accepted = Judge();
        var session = accepted.Session!;
        var principal = KerberosPrincipals.Make(new KerberosCaller(session), (Claim[])session.State!, issuer: null);
        return Answer(accepted).Length > 0 ? principal : throw new InvalidOperationException("No answer.");
    }

    /// <summary>The client: the MIC, header text, and the answer's text and MIC.</summary>
    [Benchmark]
    public string Client()
    {
        var prepared = _client.PrepareKnown(SessionBench.Method, TimeSpan.Zero);
        var header = new AuthorizationValue(prepared.Proof, default).Format();
        var i = Next();
        if (!AnswerValue.TryParse(_answers[i], out var answer)) throw new InvalidOperationException("No answer.");
        var mic = answer.Mic;
        return _sent[i].IsAnsweredBy(mic.Span, answer.Token) ? header : throw new InvalidOperationException("The server is not proved.");
    }

    public void Dispose()
    {
        _client?.Dispose();
        GC.SuppressFinalize(this);
    }

    private AcceptedCall Judge()
    {
        if (!AuthorizationValue.TryParse(_headers[Next()], out var value, out var problem)) throw new InvalidOperationException(problem);
        var judgement = _acceptor.JudgeBySession(value.Proof!.Value, SessionBench.Method, value.Token.Span, Connection.Portable);
        return judgement.Accepted ?? throw new InvalidOperationException(judgement.Refused?.ToString());
    }

    private static string Answer(AcceptedCall accepted) => new AnswerValue(accepted.Mic, accepted.ApRep).Format();

    private int Next()
    {
        if (_next == Calls) BeginSession();
        return _next++;
    }

    private void BeginSession()
    {
        _next = 0;
        _acceptor = _bench.Calls(new SessionCache(1000, AcceptorPolicy.DefaultClockSkew));
        SessionBench.Admit(_acceptor, _first, _exchange);
    }
}
