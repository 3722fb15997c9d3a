using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>
/// Keys that a KDC refused, so that they are not shown to it with each call and each look at the health: many realms lock an account after a few logins that
/// failed. Twice they may come at once, since a KDC may be behind; then in 10 seconds, and in twice as long each time, up to 2 minutes. Other keys go at once.
/// </summary>
/// <remarks>
/// For one login at a time. Nobody proves a refusal (RFC 4120 section 5.9.1): who forges one holds a good key off, too, so that no hold may last much longer
/// than a forger is there. With 2 minutes there are 9 logins in any 10 minutes, less than the 10 that Windows locks an account for.
/// </remarks>
internal sealed class RefusedKeys
{
    private static readonly TimeSpan s_firstHold = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestHold = TimeSpan.FromMinutes(2);

    private IClientKeys? _keys;
    private KerberosException? _refusal;
    private KerberosTime _at;
    private int _times;

    /// <exception cref="KerberosException">What the KDC said last, and would say now.</exception>
    public void Require(IClientKeys keys, KerberosTime now)
    {
        if (_times < 2 || !keys.IsSameAs(_keys!)) return;
        // A clock that was set back must not hold them for longer.
        if (now >= _at && now < _at + Backoff.After(_times - 1, s_firstHold, s_longestHold)) throw new KerberosException(_refusal!.Error, _refusal.Message, _refusal);
    }

    public void Add(IClientKeys keys, KerberosException refusal, KerberosTime now)
    {
        _times = _keys is not null && keys.IsSameAs(_keys) ? _times + 1 : 1;
        (_keys, _refusal, _at) = (keys, refusal, now);
    }

    public void Clear() => (_keys, _refusal, _times) = (null, null, 0);
}
