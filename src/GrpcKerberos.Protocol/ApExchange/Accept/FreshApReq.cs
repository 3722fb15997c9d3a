using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>Step 6, the last and the only one that changes anything: this authenticator was never taken before, and now it is.</summary>
internal sealed class FreshApReq
{
    private FreshApReq(ProvenApReq proven) => Proven = proven;

    public ProvenApReq Proven { get; }

    public static async ValueTask<Step<FreshApReq>> ClaimAsync(ProvenApReq proven, IReplayCache cache, AcceptorPolicy policy, AcceptorClock clock, CancellationToken cancellationToken)
    {
        var opened = proven.Request.Opened;
        var authenticator = opened.Content;
        var cipher = opened.Ticket.Received.Message.Authenticator.Cipher.Span;
        var mac = EncryptionProfile.For(opened.SessionKey.Type).MacOf(cipher);
        var until = authenticator.ClientTime + policy.MaxClockSkew;
        try
        {
            if (!await AddAsync(cache, new ReplayKey(mac), opened.Ticket.Content.Client, until, cancellationToken).ConfigureAwait(false))
                return ApRefusal.Of(ApRejection.Replayed, $"this authenticator of {opened.Ticket.Content.Client} was taken before", authenticator);
            // Freshness was judged before the cache was asked: one that meanwhile reached its end may have been forgotten there.
            if (clock.Now() > until)
                return ApRefusal.Of(ApRejection.ClockSkew, $"the authenticator of {opened.Ticket.Content.Client} reached the end of its life while the replay cache was asked", authenticator);
            return new FreshApReq(proven);
        }
        catch (ReplayCacheFullException e)
        {
            return ApRefusal.Of(ApRejection.ReplayCacheFull, e.Message, authenticator);
        }
#pragma warning disable CA1031 // to throw, whatever it throws, is to refuse: that is the contract of IReplayCache
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return ApRefusal.Of(ApRejection.ReplayCacheUnavailable, $"the replay cache does not answer: {e.GetType().Name}. Next: bring it back; calls are refused until then.", authenticator);
        }
    }

    private static ValueTask<bool> AddAsync(IReplayCache cache, ReplayKey key, KerberosPrincipal client, KerberosTime until, CancellationToken cancellationToken) =>
        cache is IHolderAwareReplayCache aware
            ? aware.TryAddAsync(key, client, until.ToDateTimeOffset(), cancellationToken)
            : cache.TryAddAsync(key, until.ToDateTimeOffset(), cancellationToken);
}
