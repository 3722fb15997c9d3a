using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.ApExchange.Initiate;

/// <summary>The client's clock for authenticators: strictly increasing, so that (ctime, cusec) never comes twice in a process.</summary>
/// <remarks>Two attempts with one time would have AP-REPs that can stand for each other.</remarks>
internal sealed class AuthenticatorClock(TimeProvider timeProvider)
{
    private long _last;

    /// <summary>Now plus the offset known for the peer, moved on by microseconds where that time is already taken.</summary>
    public KerberosTime Next(TimeSpan offset = default)
    {
        var now = (new KerberosTime(timeProvider.GetUtcNow()) + offset).MicrosecondsSinceEpoch;
        while (true)
        {
            var last = Volatile.Read(ref _last);
            // After a step back by a correction the clock starts anew from there: those times lie far from any used one.
            var next = now > last || last - now > StepBack ? now : last + 1;
            if (Interlocked.CompareExchange(ref _last, next, last) == last) return KerberosTime.FromMicroseconds(next);
        }
    }

    private const long StepBack = 1_000_000;
}
