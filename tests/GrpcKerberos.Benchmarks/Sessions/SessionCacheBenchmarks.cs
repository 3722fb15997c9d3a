using BenchmarkDotNet.Attributes;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Benchmarks.Sessions;

/// <summary>The store of sessions at three sizes: to find the one a call names, anywhere in memory, and to take the call's number there.</summary>
[MemoryDiagnoser]
public class SessionCacheBenchmarks
{
    /// <summary>Looked up in this order, which has nothing to do with the order in memory.</summary>
    private SessionId[] _ids = null!;
    private SessionCache _sessions = null!;
    private KerberosTime _now;
    private ulong _number;
    private int _next;

    [Params(1, 1_000, 1_000_000)]
    public int Sessions { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var fill = new SessionFill(EncryptionType.Aes256CtsHmacSha1, Sessions, principals: Math.Min(Sessions, 10_000));
        _sessions = fill.Sessions;
        _now = fill.Now;
        _ids = [.. fill.Ids];
        Random.Shared.Shuffle(_ids);
        _number = 1UL << 40;
    }

    /// <summary>A number above all before, as the next call of a busy client has it.</summary>
    [Benchmark]
    public bool FindAndTake()
    {
        if (_next == 0) _number++;
        if (!_sessions.TryFind(_ids[_next], out var session)) throw new InvalidOperationException("A session was lost.");
        _next = _next + 1 == _ids.Length ? 0 : _next + 1;
        return session.Window.Take(_number, _now, isTimely: true, tokenHeldGood: false) == NumberVerdict.Run;
    }
}
