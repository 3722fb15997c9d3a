using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Replay;

namespace GrpcKerberos.Benchmarks;

/// <summary>One key into the replay cache in memory, at two sizes. A call asks for two keys.</summary>
[MemoryDiagnoser]
public class ReplayCacheBenchmarks
{
    private const int MacLength = 12;

    /// <summary>The cache's unit of time: each addition moves the clock by one, so that each lets one older key end.</summary>
    private static readonly TimeSpan s_step = TimeSpan.FromMicroseconds(1);

    private readonly SetTime _time = new(DateTimeOffset.UnixEpoch);
    private readonly byte[] _mac = RandomNumberGenerator.GetBytes(MacLength);
    private MemoryReplayCache _cache = null!;
    private ReplayKey[] _kept = null!;
    private ulong _made;
    private int _asked;

    /// <summary>Keys that the cache holds all the while.</summary>
    [Params(1_000, 1_000_000)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _cache = new MemoryReplayCache(_time);
        _kept = new ReplayKey[Entries];
        for (var i = 0; i < Entries; i++)
        {
            if (!KeepAsync(_kept[i] = NextKey()).AsTask().GetAwaiter().GetResult()) throw new InvalidOperationException("A new key was taken for a replay.");
        }
    }

    /// <summary>A new authenticator: added, and the oldest one forgotten.</summary>
    [Benchmark(Baseline = true)]
    public ValueTask<bool> New() => KeepAsync(NextKey());

    /// <summary>One that is there: a replay.</summary>
    [Benchmark]
    public ValueTask<bool> Replayed()
    {
        _asked = _asked + 1 == Entries ? 0 : _asked + 1;
        return _cache.TryAddAsync(_kept[_asked], DateTimeOffset.MaxValue, CancellationToken.None);
    }

    private ValueTask<bool> KeepAsync(ReplayKey key)
    {
        _time.Now += s_step;
        return _cache.TryAddAsync(key, _time.Now + (Entries * s_step), CancellationToken.None);
    }

    /// <summary>Never the same twice; the cache hashes it with a seed of its own.</summary>
    private ReplayKey NextKey()
    {
        BitConverter.TryWriteBytes(_mac, ++_made);
        return new ReplayKey(_mac);
    }
}
