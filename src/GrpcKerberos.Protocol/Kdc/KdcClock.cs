using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>The KDC's time as far as it is known: this host's clock and an offset that an answer under our key has proved.</summary>
/// <remarks>Tickets' times are the KDC's, so they are judged by this clock.</remarks>
internal sealed class KdcClock(TimeProvider timeProvider)
{
    private readonly AuthenticatorClock _authenticators = new(timeProvider);
    private long _offset;

    /// <summary>The KDC's clock less this host's.</summary>
    public TimeSpan Offset => new(Volatile.Read(ref _offset));

    public KerberosTime Now => HostNow + Offset;

    public KerberosTime HostNow => new(timeProvider.GetUtcNow());

    /// <summary>A time for an authenticator or a pre-authentication, never given twice.</summary>
    public KerberosTime Next(TimeSpan offset) => _authenticators.Next(offset);

    /// <summary>Keeps an offset that the KDC has proved.</summary>
    public void Adopt(TimeSpan offset) => Volatile.Write(ref _offset, offset.Ticks);
}
