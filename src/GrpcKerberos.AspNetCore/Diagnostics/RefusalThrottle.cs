using GrpcKerberos.Protocol;

namespace GrpcKerberos.AspNetCore.Diagnostics;

/// <summary>Lets one refusal a second and error into the log, and counts the others: who is refused must not be able to fill a disk.</summary>
internal sealed class RefusalThrottle
{
    private readonly TimeProvider _timeProvider;
    private readonly long[] _next = new long[Enum.GetValues<KerberosError>().Length];
    private readonly int[] _suppressed = new int[Enum.GetValues<KerberosError>().Length];

    public RefusalThrottle(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        Array.Fill(_next, long.MinValue);
    }

    /// <summary>True where this one is to be written, with the number not written since the last.</summary>
    public bool TryPass(KerberosError error, out int suppressed)
    {
        var i = (int)error;
        var now = _timeProvider.GetTimestamp();
        var next = Volatile.Read(ref _next[i]);
        suppressed = 0;
        if (now < next || Interlocked.CompareExchange(ref _next[i], now + _timeProvider.TimestampFrequency, next) != next)
        {
            Interlocked.Increment(ref _suppressed[i]);
            return false;
        }

        suppressed = Interlocked.Exchange(ref _suppressed[i], 0);
        return true;
    }
}
