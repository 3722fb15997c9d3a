using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;

namespace GrpcKerberos.Client;

/// <summary>Whether a KDC of the login's realm answers.</summary>
/// <remarks>Asked behind the one who wants to know, once a minute at most: a health check must not wait for a KDC that is away.</remarks>
internal sealed class KdcProbe(KdcClient kdc, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private KdcStanding _last = KdcStanding.Unknown;
    private long? _askedAt;
    private bool _isAsking;

    /// <summary>What is known now; where that is old, the next look knows more.</summary>
    public KdcStanding Look(string realm)
    {
        lock (_lock)
        {
            if (_isAsking || _stopping.IsCancellationRequested || (_askedAt is { } at && time.GetElapsedTime(at) < s_interval)) return _last;
            _isAsking = true;
            var before = _last;
            using (ExecutionContext.IsFlowSuppressed() ? default(IDisposable) : ExecutionContext.SuppressFlow())
                _ = Task.Run(() => AskAsync(realm, before), CancellationToken.None);
            return before;
        }
    }

    /// <summary>
    /// A ticket came from there: newer than the answer to what is being asked. The first one is reason enough not to ask for a while; later ones are none, since
    /// they tell no clock, and one that nobody proved would stand for as long as tickets come.
    /// </summary>
    public void Answered(KdcAddress by)
    {
        lock (_lock)
        {
            _last = new KdcStanding(by, null, _last.Offset);
            _askedAt ??= time.GetTimestamp();
        }
    }

    public void Dispose() => _stopping.Cancel();

    private async Task AskAsync(string realm, KdcStanding before)
    {
        var told = before;
        try
        {
            var (by, offset) = await kdc.PingAsync(realm, _stopping.Token).ConfigureAwait(false);
            told = new KdcStanding(by, null, offset);
        }
        catch (KerberosException e)
        {
            told = new KdcStanding(before.Kdc, e, null);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        finally
        {
            lock (_lock)
            {
                _isAsking = false;
                _askedAt = time.GetTimestamp();
                if (ReferenceEquals(_last, before)) _last = told;
            }
        }
    }
}
