namespace GrpcKerberos.Protocol.Tests.Sessions;

/// <summary>Numbers that look random and are the same in each run (xorshift64*); good for schedules and nothing else.</summary>
internal sealed class Seeded(int seed)
{
    private ulong _state = ((ulong)seed * 0x9E3779B97F4A7C15) + 0x1234567;

    public int Next()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return (int)((_state * 0x2545F4914F6CDD1D) >> 33);
    }

    /// <summary>0 to one below the limit.</summary>
    public int Next(int limit) => Next() % limit;

    public int Next(int from, int limit) => from + Next(limit - from);
}
