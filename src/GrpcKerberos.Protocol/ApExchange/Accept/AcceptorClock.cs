using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>The acceptor's time: it never runs backwards, and it knows since when this process can vouch for having seen every proof.</summary>
internal sealed class AcceptorClock
{
    private const long SteppedBack = 1_000_000;

    private readonly TimeProvider _timeProvider;
    private long _latest;
    private long _start;

    public AcceptorClock(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _start = _latest = Read();
    }

    /// <summary>Authenticators not later than this may have been taken by a process that is gone, or forgotten before a step of the clock.</summary>
    public KerberosTime Start => KerberosTime.FromMicroseconds(Volatile.Read(ref _start));

    public KerberosTime Now()
    {
        var now = Read();
        while (true)
        {
            var latest = Volatile.Read(ref _latest);
            if (now <= latest)
            {
                if (latest - now > SteppedBack) RaiseStart(latest);
                return KerberosTime.FromMicroseconds(latest);
            }

            if (Interlocked.CompareExchange(ref _latest, now, latest) == latest) return KerberosTime.FromMicroseconds(now);
        }
    }

    private void RaiseStart(long time)
    {
        var start = Volatile.Read(ref _start);
        while (start < time)
        {
            var seen = Interlocked.CompareExchange(ref _start, time, start);
            if (seen == start) return;
            start = seen;
        }
    }

    private long Read() => new KerberosTime(_timeProvider.GetUtcNow()).MicrosecondsSinceEpoch;
}
