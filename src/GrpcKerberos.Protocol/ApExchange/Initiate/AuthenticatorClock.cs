using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.ApExchange.Initiate;

/// <summary>The client's clock for authenticators of one service: strictly increasing while the time runs forward, so that (ctime, cusec) comes once.</summary>
/// <remarks>
/// Two attempts with one time would have AP-REPs that can stand for each other. Where the clock was set back by more than a second a time may
/// recur; the number under the answer's MIC keeps such attempts apart.
/// </remarks>
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
            // After a step back by a correction the clock starts anew from there: to stay ahead would be refused as skew.
            var next = now > last || last - now > StepBack ? now : last + 1;
            if (Interlocked.CompareExchange(ref _last, next, last) == last) return KerberosTime.FromMicroseconds(next);
        }
    }

    private const long StepBack = 1_000_000;
}
