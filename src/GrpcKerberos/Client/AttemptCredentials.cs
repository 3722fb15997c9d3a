using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using GrpcKerberos.Diagnostics;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Client;

/// <summary>
/// The call credentials of one call: gRPC asks them once for each attempt, and each attempt gets a proof of its own. What was sent is remembered.
/// </summary>
internal sealed class AttemptCredentials(KerberosClient client, CallStart start)
{
    /// <summary>gRPC makes five attempts at most by default; an answer to one forgotten is not believed.</summary>
    private const int MostRemembered = 16;

    /// <summary>The skew that services allow by default.</summary>
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();

    // Most calls make one attempt, which costs no queue.
    private Attempt? _only;
    private Queue<Attempt>? _sent;
    private long _firstSent;
    private int _attempts;
    private string? _host;
    private bool _haveTokensAloneEnded;

    public KerberosClient Client { get; } = client;

    public CallStart Start { get; } = start;

    /// <summary>Null where gRPC never asked for credentials: on a plaintext channel it skips them in silence.</summary>
    public Attempt? Latest { get; private set; }

    /// <summary>
    /// Whether the request can be sent again under its own number, and so little time has passed since the first attempt that no server can have forgotten
    /// it.
    /// </summary>
    public bool MayRepeat => Start.CanRepeat && Latest is not { Session.CanRepeatNumbers: false } && Client.Settings.TimeProvider.GetElapsedTime(_firstSent) < s_skew;

    /// <summary>The correction of our clock that a refusal of this call brought.</summary>
    public TimeSpan? Offset { get; set; }

    /// <summary>For the call's first start.</summary>
    public AsyncAuthInterceptor First() => ProveFirstAsync;

    /// <summary>For a start after a refusal. The repeated number is its own: no late attempt of the start before can take it.</summary>
    public AsyncAuthInterceptor Again(Resend resend)
    {
        var unused = resend;
        return (context, metadata) => ProveAsync(context, metadata, Interlocked.Exchange(ref unused, null) ?? resend.Retried, isFirst: false);
    }

    /// <summary>The attempt that an answer proves the server by.</summary>
    /// <param name="answer">The answer's proof.</param>
    /// <param name="found">The attempt.</param>
    /// <param name="reply">What the KRB_AP_REP holds; null where none came.</param>
    public bool TryFindAnswered(in AnswerValue answer, [NotNullWhen(true)] out Attempt? found, out VerifiedApRep? reply)
    {
        lock (_lock)
        {
            found = _only;
            if (found is not null) return IsAnswered(found, answer, out reply);
            foreach (var attempt in _sent ?? [])
            {
                found = attempt;
                if (IsAnswered(attempt, answer, out reply)) return true;
            }
        }

        found = null;
        reply = null;
        return false;
    }

    /// <summary>Whether a token went alone: no other's answer is looked for in stock acceptors' words.</summary>
    public bool HasTokenAlone { get; private set; }

    /// <summary>Whether calls go on another TLS channel now than the one an attempt was made for.</summary>
    public bool HasOtherChannel(Attempt attempt) => Client.Settings.ChannelBinding is { } source && !ReferenceEquals(source.Of(_host), attempt.Binding);

    /// <summary>The last attempt of which something is true; null where there is none.</summary>
    public Attempt? Find(Func<Attempt, bool> isWanted)
    {
        lock (_lock)
        {
            if (_only is { } only) return isWanted(only) ? only : null;
            return _sent?.LastOrDefault(isWanted);
        }
    }

    /// <summary>The server proved to be one of ours and ran nothing: what it said to a token that went alone answers nothing that comes after.</summary>
    /// <remarks>A hedge's token may be in the making meanwhile: that counts no more either.</remarks>
    public void EndTokensAlone()
    {
        lock (_lock)
        {
            _haveTokensAloneEnded = true;
            HasTokenAlone = false;
        }
    }

    /// <summary>Once the server is proved nothing is left to match; a stream may live for days.</summary>
    public void ForgetAll()
    {
        lock (_lock)
        {
            _only = null;
            _sent = null;
        }
    }

    private static bool IsAnswered(Attempt attempt, in AnswerValue answer, out VerifiedApRep? reply)
    {
        var mic = answer.Mic;
        return attempt.Call.IsAnsweredBy(mic.Span, answer.Token, out reply);
    }

    private Task ProveFirstAsync(AuthInterceptorContext context, Metadata metadata) =>
        ProveAsync(context, metadata, resend: null, isFirst: Interlocked.Increment(ref _attempts) == 1);

    private async Task ProveAsync(AuthInterceptorContext context, Metadata metadata, Resend? resend, bool isFirst)
    {
        try
        {
            if (Client.Settings.ChannelBinding is not null) _host = ServiceNames.HostOf(ServiceNames.TargetOf(context.ServiceUrl, Start.Service));
            var began = Client.Metrics.Begin();
            var attempt = await AttemptProver.ProveAsync(this, context, resend, isFirst).ConfigureAwait(false);
            var carrier = ClientMetrics.CarrierOf(attempt.Call);
            Client.Metrics.Proved(began, carrier);
            CallSpan.Tell(CallSpan.OfAttempt, carrier, error: null);
            Remember(attempt);
            metadata.Add(KerberosMetadata.Authorization, attempt.Authorization);
        }
        catch (KerberosException e)
        {
            CallSpan.Tell(CallSpan.OfAttempt, e.Error.ToWireName());
            // Any other type would become "Internal: Error starting gRPC call".
            throw RpcErrors.From(e);
        }
        catch (RpcException e) when (e.GetKerberosError() is { } error)
        {
            CallSpan.Tell(CallSpan.OfAttempt, error.ToWireName());
            throw;
        }
        catch (Exception e) when (e is not RpcException && (e is not OperationCanceledException || !context.CancellationToken.IsCancellationRequested))
        {
            throw RpcErrors.From(new KerberosException(KerberosError.NoCredentials, ClientMessages.Unexpected(e), e));
        }
    }

    private void Remember(Attempt attempt)
    {
        lock (_lock)
        {
            var isFirst = Latest is null;
            if (isFirst) _firstSent = Client.Settings.TimeProvider.GetTimestamp();
            Latest = attempt;
            HasTokenAlone |= !attempt.Call.HasProof && !_haveTokensAloneEnded;
            if (isFirst)
            {
                _only = attempt;
                return;
            }

            _sent ??= new Queue<Attempt>();
            if (_only is { } only) _sent.Enqueue(only);
            _only = null;
            if (_sent.Count == MostRemembered) _sent.Dequeue();
            _sent.Enqueue(attempt);
        }
    }
}
