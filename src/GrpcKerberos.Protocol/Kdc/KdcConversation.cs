using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>One exchange with a realm's KDCs, within one time-out for all.</summary>
/// <remarks>
/// It stays with the KDC that answers and leaves one that does not: one that is silent, cannot serve, or sends what is no Kerberos message, at whatever
/// length. A well-formed answer ends the search, also one that turns out to be wrong (another nonce, client or service, another key). Who can put such an
/// answer on the wire can also keep the right one off it, at every KDC: to ask on would gain nothing against him, and would hide from the operator that
/// somebody answers in a KDC's place.
/// </remarks>
/// <param name="realm">The realm.</param>
/// <param name="kdcs">In the order to ask them.</param>
/// <param name="transport">How they are reached.</param>
/// <param name="timeout">For all of them.</param>
/// <param name="timeProvider">This host's clock.</param>
/// <param name="events">Who wants to hear of KDCs that fail.</param>
/// <param name="started">The timestamp from which the time runs: that it took to find the KDCs counts; null: now.</param>
internal sealed class KdcConversation(
    string realm,
    IReadOnlyList<KdcAddress> kdcs,
    IKdcTransport transport,
    TimeSpan timeout,
    TimeProvider timeProvider,
    KdcEvents events,
    long? started = null)
{
    private readonly long _started = started ?? timeProvider.GetTimestamp();
    private readonly List<string> _failures = [];
    private bool _wasAnsweredWrongly;
    private int _next;

    /// <summary>What is asked for is the refusal: none is told as something that went wrong.</summary>
    public bool WantsRefusal { get; init; }

    public TimeSpan Elapsed => timeProvider.GetElapsedTime(_started);

    /// <exception cref="KerberosException">
    /// No KDC answered (<see cref="KerberosError.KdcUnreachable"/>), or not as a KDC does (<see cref="KerberosError.KdcRefused"/>).
    /// </exception>
    public async ValueTask<KdcReply> SendAsync(MessageType expected, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        for (; _next < kdcs.Count; _next++)
        {
            var left = timeout - Elapsed;
            if (left <= TimeSpan.Zero) break;
            var (reply, failure) = await AskAsync(kdcs[_next], left / (kdcs.Count - _next), expected, request, cancellationToken).ConfigureAwait(false);
            if (reply is not null) return reply;
            _failures.Add($"{kdcs[_next]} {failure}");
            events.KdcFailed?.Invoke(kdcs[_next], failure);
        }

        for (; _next < kdcs.Count; _next++) _failures.Add($"{kdcs[_next]} not asked");
        throw _wasAnsweredWrongly
            ? KdcErrors.WrongAnswers(realm, _failures)
            : KdcErrors.Unreachable(realm, timeout, _failures, kdcs[0].Port);
    }

    private async ValueTask<(KdcReply? Reply, string Failure)> AskAsync(
        KdcAddress kdc, TimeSpan patience, MessageType expected, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        KerberosActivities.Asked(kdc);
        var asked = timeProvider.GetTimestamp();
        using var share = new CancellationTokenSource(patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, share.Token);
        try
        {
            var reply = KdcReply.Decode(kdc, expected, await transport.ExchangeAsync(kdc, request, either.Token).ConfigureAwait(false)) with { Took = timeProvider.GetElapsedTime(asked) };
            // A KDC that says it cannot serve now is as good as silent (RFC 4120 section 7.5.9); another may.
            var isAway = reply.Error is { Code: KerberosErrorCode.KDC_ERR_SVC_UNAVAILABLE };
            Tell(reply.Error is { Code: not KerberosErrorCode.KDC_ERR_PREAUTH_REQUIRED and var code } && (isAway || !WantsRefusal) ? KdcErrors.Type(code) : null);
            return isAway ? (null, $"answered {KdcErrors.Name(reply.Error!.Code)}") : (reply, "");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Tell("TIMEOUT");
            return (null, "silent");
        }
        catch (KdcTransportException e)
        {
            Tell("UNREACHABLE");
            return (null, e.Message);
        }
        catch (DerException)
        {
            Tell("MALFORMED");
            _wasAnsweredWrongly = true;
            return (null, "answered with something that is no Kerberos reply");
        }

        void Tell(string? error) => events.KdcAsked?.Invoke(kdc, expected, timeProvider.GetElapsedTime(asked), error);
    }
}
