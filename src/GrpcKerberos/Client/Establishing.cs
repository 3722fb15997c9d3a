using Grpc.Core;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Client;

/// <summary>Establishes K's session, or one bound to the server, by a call of its own: for tokens that fit no header, and calls that cannot be sent twice.</summary>
/// <param name="client">Whose calls wait for it.</param>
/// <param name="peer">The service.</param>
/// <param name="session">K.</param>
/// <param name="start">The call that came first: the way to the service.</param>
/// <param name="number">The number of a refused call that the token is brought for; null where it is brought for all calls to come.</param>
internal sealed class Establishing(KerberosClient client, ServicePeer peer, PeerSession session, CallStart start, ulong? number = null)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private bool _isSentAgain;

    /// <exception cref="RpcException">The server refused, did not prove itself, or was not reached.</exception>
    /// <exception cref="KerberosException">It did not answer in time, or gRPC dropped the proof.</exception>
    public async Task<Established> RunAsync()
    {
        using var patience = new CancellationTokenSource(s_limit, client.Settings.TimeProvider);
        for (var offset = peer.Offset; ;)
        {
            var attempt = new Attempt(peer, session, null, offset, session.Origin.Prepare(EstablishMessage.Path, offset, number));
            var exchange = new EstablishExchange(attempt.Call);
            var (headers, error) = await exchange.SendAsync(start, patience.Token).ConfigureAwait(false);
            if (headers is not null && Established(attempt, headers, exchange.Answer) is { } established)
            {
                if (_isSentAgain || peer.IsProposed(offset)) Keep(offset);
                return established;
            }

            if (patience.IsCancellationRequested) throw new KerberosException(KerberosError.Unavailable, ClientMessages.EstablishTimedOut(peer.Service, s_limit));
            if (error is NotSupportedException or RpcException { StatusCode: StatusCode.Unimplemented }) return Client.Established.NotOffered;
            // An absent proof passes there, but it begins no session.
            if (error is null && !client.Settings.RequireMutualAuthentication && IsAbsent(headers)) return Client.Established.NotOffered;
            if (!exchange.IsProofSent) throw new KerberosException(KerberosError.ProofSkipped, ClientMessages.ProofSkipped);
            offset = Corrected(attempt, headers, exchange.Answer is not null, error);
        }
    }

    /// <summary>The session an answer proves; null where it proves none.</summary>
    private Established? Established(Attempt attempt, Metadata headers, EstablishResponse? answer)
    {
        if (answer is null || !OwnMetadata.TryGetOne(headers, KerberosMetadata.AuthenticationInfo, out var text) || !AnswerValue.TryParse(text, out var value)) return null;
        if (!value.Token.IsEmpty || !SessionId.TryRead(answer.Session.Span, out var named)) return null;
        if (!attempt.Call.IsAnsweredBy(value.Mic.Span, answer.Token.Memory, out var reply)) return null;
        if (reply?.AcceptorSubkey is null)
        {
            if (!named.Equals(session.Origin.Id)) return null;
            peer.MarkPortable(session);
            return Client.Established.Portable;
        }

        return BoundSession.Of(session.Origin, reply, named) is { } bound ? new Established(true, peer.Keep(session, bound, answer.Ends?.Seconds)) : null;
    }

    /// <summary>The clock of a server that proved a skew; anything else ends it.</summary>
    private TimeSpan Corrected(Attempt attempt, Metadata? headers, bool hasMessage, Exception? error)
    {
        if (error is not null and not RpcException) throw new KerberosException(KerberosError.Unavailable, ClientMessages.EstablishFailed(peer.Service, error), error);
        var rpc = (RpcException?)error;
        if (rpc is not null && RpcErrors.PassesUnproved(rpc.StatusCode)) throw OwnMetadata.TakeOut(rpc);
        if (hasMessage || !Refusal.TryRead(headers, rpc, out var refusal)) throw NotProven(attempt, headers);
        var isProved = refusal.IsProvedFor(attempt);
        if (refusal.NeedsProof && !isProved) throw NotProven(attempt, headers);
        if (refusal.Error == KerberosError.SessionUnknown) throw RefusedAttempt.Unknown(client, attempt, EstablishMessage.Path);
        if (refusal.Error != KerberosError.ClockSkew || _isSentAgain || refusal.ReadKrbError() is not { } skew) throw RefusedAttempt.End(client, refusal, attempt, EstablishMessage.Path, isProved);
        _isSentAgain = true;
        client.Log.CallResent(peer.Service, EstablishMessage.Path, refusal.Error);
        return attempt.OffsetBy(skew.ServerTime, client.Settings.TimeProvider);
    }

    private void Keep(TimeSpan offset)
    {
        peer.Keep(offset);
        client.Log.ClockOffset(offset, peer.Service);
    }

    private RpcException NotProven(Attempt attempt, Metadata? headers) => RefusedAttempt.NotProven(client, attempt, EstablishMessage.Path, IsAbsent(headers));

    private static bool IsAbsent(Metadata? headers) => headers is null || !OwnMetadata.Has(headers, KerberosMetadata.AuthenticationInfo);
}
